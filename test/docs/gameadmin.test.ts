/** docs/game-admin.md: its operations are those of the admin node, and its commands answer as shown. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OPERATIONS } from '../../app/admin/operations/rules';
import { connectClient } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { type HttpAnswer, http } from '../helpers/http';
import { blocksOf, readPage, rowsOf } from './page';

const PAGE = readPage('docs/game-admin.md');

/** The commands of the page: what is sent, if anything, and where to. */
const COMMANDS = blocksOf(PAGE).flatMap(({ language, text }) => {
  const [, body, path = ''] = /^curl (?:-d '([^']*)' )?http:\/\/127\.0\.0\.1:2012(\S+)$/.exec(text.trim()) ?? [];
  return language === 'sh' ? [{ body, path }] : [];
});

describe('docs/game-admin.md', () => {
  it('names every operation', () => {
    const named = rowsOf(PAGE).flatMap(([cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    assert.deepEqual(
      named.filter((name) => OPERATIONS.includes(name)),
      OPERATIONS,
    );
  });

  it('shows commands that do what it says', async () => {
    assert.equal(COMMANDS.length, 2);
    await using cluster = await startCluster('config.json');
    await using player = await connectClient({ port: cluster.port(11009) });
    const ask = async (command: number, request: object) => JSON.parse((await player.request(command, request)).text);
    await ask(101, { username: 'adele', password: 'adele' });
    const { data } = await ask(102, { rolename: 'adele', profession: 1 });
    const answers: HttpAnswer[] = [];
    for (const { body, path } of COMMANDS) {
      const sent = body === undefined ? {} : { method: 'POST', body, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
      answers.push(await http({ port: cluster.port(2012), path, ...sent }));
    }
    const [opera, operations] = answers;
    assert.equal(opera?.text, 'Success');
    assert.ok(operations);
    const [record] = operations.json() as Record<string, unknown>[];
    assert.deepEqual([record?.characterId, record?.operation, record?.details], [data.newCharacterId, 'addCoins', 'amount=500']);
    const entered = await ask(103, { characterId: data.newCharacterId });
    assert.equal(entered.data.coin, 10_500);
  });
});
