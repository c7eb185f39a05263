/** An older server's players go on playing: run by a test file for each pair of stores. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';
import { connectClient, GAME_HEADER, type GameClient } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';

const AUDIT = join(__dirname, '../../../tools/audit/audit.js');

/** A config whose database an older server has left. */
export interface OlderStores extends AsyncDisposable {
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: string;
}

export function olderScenario(stores: string, open: () => Promise<OlderStores>): void {
  it(`players of an older server play on with what they had, on ${stores}`, async () => {
    await using older = await open();
    const boot = () => startCluster(older.config, { env: older.env, dataDir: older.dataDir });
    const ask = async (client: GameClient, command: number, request: object = {}) => {
      const reply = JSON.parse((await client.request(command, request)).text);
      assert.equal(reply.result, true, `${command}: ${JSON.stringify(reply)}`);
      return reply.data;
    };
    const enter = async (client: GameClient, username: string, password: string) => {
      const { characterId } = await ask(client, 101, { username, password });
      return ask(client, 103, { characterId });
    };

    {
      await using cluster = await boot();
      await using first = await connectClient({ port: cluster.port(11009), header: GAME_HEADER, deadlineMs: 30_000 });
      await using second = await connectClient({ port: cluster.port(11009), header: GAME_HEADER, deadlineMs: 30_000 });
      const { cid, name, level, coin, yuanbao, gas } = await enter(first, 'test106', '111111');
      assert.deepEqual([cid, name, level, coin, yuanbao, gas], [1000001, '阿尔法', 5, 99_999_999, 99_999_999, 30]);
      // The row of this one was all NULL, and it had nothing.
      const poor = await enter(second, 'test107', '111111');
      assert.deepEqual([poor.cid, poor.name, poor.level, poor.coin, poor.gas], [1000002, '阿尔法#1000002', 1, 0, 30]);

      assert.deepEqual(
        (await ask(first, 2306)).matrix.map(({ pos, chatype, chaid }: Record<string, number>) => [pos, chatype, chaid]),
        [
          [1, 3, 3000001],
          [5, 1, 1000001],
        ],
      );
      assert.deepEqual(
        (await ask(first, 203)).equip.map(({ pos, item }: { pos: number; item: { itemid: number } }) => [pos, item.itemid]),
        [[1, 9124]],
      );
      assert.equal((await ask(first, 2300)).petlist.length, 2, 'a pet, and a hired player who waits again');
      assert.deepEqual(await ask(first, 4500, { index: 0 }), { cityid: 1002, citylist: [3, 2] });
      assert.equal((await ask(first, 501)).maillist.length, 2);

      const { ranking, sptimes, dsList } = await ask(first, 3700);
      assert.deepEqual([ranking, sptimes, dsList[0].characterId], [2, 15, 1000002]);
      assert.equal((await ask(first, 3704, { tid: 1000002 })).battleResult, 1);
      assert.equal((await ask(second, 3700)).ranking, 2);
      assert.equal((await ask(first, 4501, { zjid: 1002 })).setData.coin > 0, true);
      assert.equal((await ask(second, 4501, { zjid: 1000 })).battleResult, 1);
      await cluster.stop();
    }

    await using cluster = await boot();
    await using first = await connectClient({ port: cluster.port(11009), header: GAME_HEADER, deadlineMs: 30_000 });
    const { coin } = await enter(first, 'test106', '111111');
    assert.equal(coin, 99_999_999);
    assert.equal((await ask(first, 3700)).ranking, 1);
    assert.equal((await ask(first, 4500, { index: 0 })).citylist.length, 3);
    await first.close();
    await cluster.stop();
    await proves(older, cluster.environment);
  });
}

/** What they own by now is what they had, and what their ledgers say. */
async function proves({ config, env }: OlderStores, environment: NodeJS.ProcessEnv): Promise<void> {
  const said = await new Promise<string>((resolve) => {
    const options = { env: { ...process.env, ...env, ...environment }, timeout: 60_000 };
    execFile(process.execPath, [AUDIT, '--config', config], options, (error, stdout, stderr) => {
      resolve(error ? `${error.code}\n${stdout}${stderr}` : '');
    });
  });
  assert.equal(said, '');
}
