/** docs/operations.md: what it tells an operator to type there is, and what it says a log says is said. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeProgram } from '../../src/management/program';
import { ROOT, readPage, rowsOf } from './page';

const PAGE = readPage('docs/operations.md');
const PAGES = [
  'README.md',
  'template/README.md',
  'docs/alerts.yml',
  ...readdirSync(join(ROOT, 'docs')).map((file) => `docs/${file}`),
].filter((file) => /\.(md|yml)$/.test(file) && existsSync(join(ROOT, file)));

/** All of the framework's text, in one piece. */
const SOURCE = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => readFileSync(join(ROOT, 'src', file), 'utf8'))
  .join('\n');

describe('the operator', () => {
  it('is told to type only commands that there are', () => {
    const commands = makeProgram({ env: {}, print: () => {}, complain: () => {} }).commands.map((command) => command.name());
    for (const file of PAGES) {
      const typed = [...readPage(file).matchAll(/(?:npx |[`"])firefly (?:--config \S+ )?([a-z]+)/g)].map(([, word = '']) => word);
      assert.deepEqual(
        typed.filter((word) => !commands.includes(word)),
        [],
        file,
      );
    }
  });

  it('is shown lines at night that the processes really write', () => {
    const [, table = ''] = PAGE.split('\n| the log says | ');
    const lines = rowsOf(`|${table.split('\n\n')[0]}`).flatMap(([cell = '']) => /`(.+)`/.exec(cell)?.[1] ?? []);
    assert.ok(lines.length > 10);
    for (const line of lines) for (const part of line.split('…')) assert.ok(SOURCE.includes(part.trim()), `no process says: ${part}`);
  });

  it('finds every file of the examples that he is told to copy', () => {
    const files = [...PAGE.matchAll(/ \$examples\/(\S+)/g)].map(([, file = '']) => join(ROOT, 'examples', file));
    assert.equal(files.length, 2);
    for (const file of files) assert.ok(existsSync(file), file);
    const [, words = '', replaced = ''] = /^sed 's\|(.+?)\|(.+?)\|' \$examples\/systemd/m.exec(PAGE) ?? [];
    assert.match(readFileSync(join(ROOT, 'examples/systemd/firefly.service'), 'utf8'), new RegExp(`^ExecStart=\\S+/${words} `, 'm'));
    assert.ok(replaced.endsWith('node_modules/firefly-ts/startmaster.js'));
  });
});
