/** docs/game.md: the command that it shows is the game's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { blocksOf, ROOT, readPage } from './page';

describe('docs/game.md', () => {
  it('shows a command as it is', () => {
    const shown = blocksOf(readPage('docs/game.md')).find(({ text }) => text.startsWith('playerCommand(COMPOUND,'));
    assert.ok(shown && readFileSync(join(ROOT, 'app/game/compounding/handlers.ts'), 'utf8').includes(shown.text));
  });
});
