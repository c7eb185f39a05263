/** The shop of docs/data.md in a game that createproject made: where the page says, started and asked with the words of the page. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { killAll, processesWith } from '../../../tools/lib/processes';
import { blockFor, readPage } from '../../docs/page';
import { claimPorts } from '../../helpers/ports';
import { newGame, packInto, run } from './newuser';

const PAGE = readPage('docs/data.md');
const START = /^npm run build && npx firefly --config app\/shop\/config\.json start$/m;

describe('the shop of docs/data.md, in a new game', () => {
  const user = mkdtempSync(join(tmpdir(), 'firefly-user-'));
  let game = '';

  before(async () => {
    game = await newGame(user, join(user, await packInto(user)));
  });
  after(() => rmSync(user, { recursive: true, force: true }));

  it('is built along, starts and sells', async () => {
    await using ports = await claimPorts([9998, 9999, 11009]);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_TEST_GAME: game };
    for (const file of ['config.json', 'app/tables.ts', 'app/shop.ts', 'app/dbfront.ts']) {
      const path = join(game, 'app/shop', file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, blockFor(PAGE, file));
    }
    const [start = assert.fail('the page says how to start it')] = START.exec(PAGE) ?? [];
    try {
      await run(game, 'sh', ['-c', `${start} --detach`], env);
      for (const [command, payload, answer] of [
        ['1', 'Ada', '{"id":1}'],
        ['2', '1', '{"item":1}'],
        ['3', '1', '{"coin":40,"bag":[20030055]}'],
      ] as const)
        assert.equal(await run(game, 'npm', ['run', '--silent', 'client', '--', command, payload], env), `${answer}\n`);
      await run(game, 'npx', ['firefly', '--config', 'app/shop/config.json', 'stop'], env);
    } finally {
      await killAll(() => processesWith('FIREFLY_TEST_GAME', game));
    }
  });
});
