/** docs/operations.md lists the commands that there are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from 'commander';
import { makeProgram } from '../../src/management/program';
import { readPage, rowsOf } from '../docs/page';

/** The words of each command that does something. */
function commandsOf(command: Command, before: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [before.join(' ')];
  return command.commands.flatMap((child) => commandsOf(child, [...before, child.name()]));
}

describe('the table of commands', () => {
  it('has a row for each, and no other', () => {
    const [, part = ''] = readPage('docs/operations.md').split('\n| command | does |\n');
    const [table = ''] = part.split('\n\n');
    const listed = rowsOf(table).map(([first = '']) => /^ `([a-z ]+)/.exec(first)?.[1]?.trim());
    assert.deepEqual([...new Set(listed)], commandsOf(makeProgram({ env: {}, print: () => {}, complain: () => {} })));
  });
});
