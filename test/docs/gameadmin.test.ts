/** docs/game-admin.md: its operations are those of the admin node, its commands answer as shown, and the audit and the queries of the ledger work on what that has made. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import pino from 'pino';
import { OPERATIONS } from '../../app/admin/operations/rules';
import { openStore } from '../../src/dbentrust/sql/open';
import { connectClient } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { type HttpAnswer, http } from '../helpers/http';
import { blocksOf, readPage, rowsOf } from './page';

const AUDIT = join(__dirname, '../../tools/audit/audit.js');
const PAGE = readPage('docs/game-admin.md');

/** The commands of the page: what is sent, if anything, and where to. */
const COMMANDS = blocksOf(PAGE).flatMap(({ language, text }) => {
  const [, body, path = ''] = /^curl (?:-d '([^']*)' )?http:\/\/127\.0\.0\.1:2012(\S+)$/.exec(text.trim()) ?? [];
  return language === 'sh' && path !== '' ? [{ body, path }] : [];
});

/** The audit as the page shows it, and the page's statements, on the database of a cluster that was stopped. @param lines of the ledger that must be there */
async function provesIt({ dataDir, environment }: Cluster, lines: readonly (readonly unknown[])[]): Promise<void> {
  const blocks = blocksOf(PAGE);
  const [, args = ''] = /^npm run audit -- (.*)$/m.exec(blocks.map(({ text }) => text).join('\n')) ?? [];
  const stdout = execFileSync(process.execPath, [AUDIT, ...args.split(' ')], { env: { ...process.env, ...environment }, encoding: 'utf8' });
  const shown = blocks.flatMap(({ text }) => [...text.matchAll(/^holds {3}(.*) \(/gm)].map(([, name = '']) => name));
  assert.ok(shown.length > 0);
  for (const name of shown) assert.match(stdout, new RegExp(`^holds {3}${name} \\(`, 'm'));

  const db = { engine: 'sqlite', database: 'darkworld', host: '', port: 0, user: '', password: '', charset: '' } as const;
  const store = await openStore(db, { dataDir, sqlMs: 10_000, log: pino({ level: 'silent' }) });
  try {
    const { rows } = await store.query('SELECT * FROM tb_ledger ORDER BY entry');
    assert.deepEqual(
      rows.map(({ characterId, what, amount, after, reason }) => [characterId, what, amount, after, reason]),
      lines,
    );
    const statements = blocks.flatMap(({ language, text }) => (language === 'sql' ? [text.trim().replace(/;$/, '')] : []));
    assert.equal(statements.length, 2);
    for (const sql of statements) await store.query(sql);
  } finally {
    await store.close();
  }
}

describe('docs/game-admin.md', () => {
  it('names every operation', () => {
    const named = rowsOf(PAGE).flatMap(([cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    assert.deepEqual(
      named.filter((name) => OPERATIONS.includes(name)),
      OPERATIONS,
    );
  });

  it('shows commands that do what it says', async () => {
    assert.equal(COMMANDS.length, 3);
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
    const [opera, named, operations] = answers;
    assert.equal(opera?.text, 'Success');
    assert.ok(named && PAGE.includes(`\n${named.text}`), named?.text);
    assert.ok(operations);
    assert.deepEqual(
      (operations.json() as Record<string, unknown>[]).map(({ characterId, operation, details }) => [characterId, operation, details]),
      [
        [data.newCharacterId, 'addGold', 'amount=70'],
        [data.newCharacterId, 'addCoins', 'amount=500'],
      ],
    );
    const entered = await ask(103, { characterId: data.newCharacterId });
    assert.equal(entered.data.coin, 10_500);
    await player.close();
    await cluster.stop();
    await provesIt(cluster, [
      [data.newCharacterId, 'coin', 500, 10_500, 'operator'],
      [data.newCharacterId, 'gold', 70, 70, 'operator'],
    ]);
  });
});
