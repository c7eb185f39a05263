/** A memcached with room for a part of the rows: nothing that was acknowledged depends on it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openStore } from '../../../src/dbentrust/sql/open';
import { startMemcached } from '../../../tools/services';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { Project } from '../../helpers/project';
import { freshMysql, silentLog } from '../../helpers/services';
import { twoNodes } from './twonodes';

const ROWS = 50_000;
const DEADLINE_MS = 100_000;

const project = (db: object, memcached: object) =>
  new Project({
    'config.json': twoNodes({
      db,
      memcached,
      // Nothing is flushed while it is written and read.
      limits: { flushIntervalMs: 3_600_000, rpcDeadlineMs: 60_000 },
      supervise: { shutdownMs: 60_000 },
    }),
    'app/dbfront.ts': `
import { migrate, onStart } from 'firefly-ts';
import { sql } from 'firefly-ts/sql';
const up = async (db: never) => { await sql\`CREATE TABLE tb_note (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, text VARCHAR(400) NOT NULL) ENGINE=InnoDB\`.execute(db); };
onStart(async () => { await migrate({ '001': { up } }); });
`,
    'app/net.ts': `
import { MAdmin, netserviceHandle } from 'firefly-ts';
const notes = new MAdmin('tb_note', 'id', { incrkey: 'id' });
const pks: number[] = [];
const textOf = (pk: unknown) => 'note ' + pk + ' '.padEnd(200, '.');
const each = async (run: (index: number) => Promise<void>) => {
  let next = 0;
  const worker = async () => { while (next < ${ROWS}) await run(next++); };
  await Promise.all(Array.from({ length: 200 }, worker));
};
let answer: string | undefined;
const start = (run: () => Promise<string>) => { answer = undefined; run().then((text) => { answer = text; }, (error) => { answer = String(error); }); return 'started'; };
netserviceHandle(1, () => start(async () => {
  await each(async (index) => {
    const note = await notes.new({ text: 'empty' });
    await note.update('text', textOf(note.pk));
    pks[index] = Number(note.pk);
  });
  return String(pks.length);
}));
netserviceHandle(2, () => start(async () => {
  let right = 0;
  await each(async (index) => {
    const row = await notes.getObjData(pks[index] ?? 0);
    if (row?.text === textOf(pks[index])) right += 1;
  });
  return String(right);
}));
netserviceHandle(3, () => answer ?? '');
`,
  });

describe('a memcached of 4 MB with 50,000 unflushed rows', () => {
  it('costs no row', async () => {
    const database = await freshMysql();
    const memcached = await startMemcached({ megabytes: 4 });
    const { host, port, user, password, database: db } = database.config;
    using game = project({ host, port, user, passwd: password, db }, { urls: [`${memcached.host}:${memcached.port}`], hostname: db });
    try {
      await using cluster = await startCluster(game.path('config.json'));
      const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
      const ask = async (command: number) => (await player.request(command)).text;
      for (const command of [1, 2]) {
        assert.equal(await ask(command), 'started');
        const done = await cluster.waitFor(async () => (await ask(3)) || undefined, `end of command ${command}`, DEADLINE_MS);
        assert.equal(done, String(ROWS), command === 1 ? 'written' : 'read back');
      }
      player.close();
      assert.equal(await cluster.stop(60_000), 0);
      const store = await openStore(database.config, { dataDir: game.dir, sqlMs: 20_000, log: silentLog() });
      const { rows } = await store.query("SELECT COUNT(*) AS n FROM tb_note WHERE text LIKE CONCAT('note ', id, ' ..%')");
      await store.close();
      assert.equal(Number(rows[0]?.n), ROWS);
    } finally {
      await memcached.stop();
      await database.drop();
    }
  });
});
