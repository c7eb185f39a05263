/** "Add a table" in the README of a new game: done word by word it works, on a cluster that runs, and a reload says what it leaves out. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { killAll, processesWith } from '../../../tools/lib/processes';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { claimPorts } from '../../helpers/ports';
import { newGame, packInto, run } from './newuser';

describe('a table that is added to a new game', () => {
  const user = mkdtempSync(join(tmpdir(), 'firefly-user-'));
  let game = '';

  before(async () => {
    game = await newGame(user, join(user, await packInto(user)));
  });
  after(() => rmSync(user, { recursive: true, force: true }));

  it('is there after the restarts that the README names; a reload has named them too; no client is dropped', async () => {
    await using ports = await claimPorts([9998, 9999, 10000, 11009]);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_TEST_GAME: game };
    const shell = (line: string) => run(game, 'sh', ['-c', line], env);
    const page = section(readFileSync(join(game, 'README.md'), 'utf8'), 'Add a table');
    try {
      await shell('npm run build && npx firefly start --detach');
      await using player = await connectClient({ port: 11009 + ports.offset, header: ZERO_HEADER });
      assert.equal(JSON.parse((await player.request(100, 'Ada')).text).visits, 1);
      for (const { file, text, isAdded } of filesOf(page))
        (isAdded ? appendFileSync : writeFileSync)(join(game, file), `${isAdded ? '\n' : ''}${text}`);
      const reloaded = await shell('npm run build && npx firefly reload');
      assert.match(reloaded, /all nodes run the new code/);
      assert.match(
        reloaded,
        /migration app\/dbfront\/0002_pets\.ts, onStart at app\/dbfrontserver\.ts:5 run when dbfront restarts: npx firefly restart dbfront; onStart at app\/gameserver\.ts:6 runs when game1 restarts: npx firefly restart game1/,
      );

      const [commands = ''] = blocks(page, 'sh');
      const said = await shell(commands);
      const [answer = ''] = blocks(page, '');
      assert.ok(said.includes(answer), said);
      assert.equal(JSON.parse((await player.request(100, 'Ada')).text).visits, 2, 'on the same connection');
      assert.equal((await player.request(101, 'Ada Max')).text, '{"pets":["Rex","Max"]}');
      assert.doesNotMatch(await shell('npx firefly reload'), /restart/);
      await shell('npx firefly stop');
    } finally {
      await killAll(() => processesWith('FIREFLY_TEST_GAME', game));
    }
  });
});

function section(page: string, title: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? assert.fail(`the README has no section ${title}`);
}

function blocks(page: string, language: string): string[] {
  return [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, kind, text = '']) => (kind === language ? [text] : []));
}

/** The files that the page shows, each behind a line that names it. */
function filesOf(page: string) {
  const files = [...page.matchAll(/`(app\/[^`]+\.ts)`, ([^:\n]+):\n\n```ts\n([\s\S]*?)^```$/gm)];
  assert.equal(files.length, blocks(page, 'ts').length, 'each source has a line that names its file');
  return files.map(([, file = '', how, text = '']) => ({ file, text, isAdded: how === 'at the end' }));
}
