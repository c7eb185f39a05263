/** A dbfront that dies under load loses no change that was acknowledged, makes none twice, and its nodes wait for it. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { startCluster } from '../helpers/cluster';
import { Project } from '../helpers/project';

interface Counts {
  /** By row. */
  readonly acknowledged: Record<string, number>;
  readonly failed: string[];
}

interface CountRow {
  readonly id: number;
  readonly n: number;
  readonly twin: number;
}

const counting = () =>
  new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        dbfront: { db: true, mem: true, app: 'app.dbfront', supervise: { intensity: 100 } },
        net: { netport: 10001, db: true, mem: true, app: 'app.net' },
      },
      db: { engine: 'sqlite' },
      memcached: { embedded: true },
      limits: { redialMaxMs: 300, rpcDeadlineMs: 60_000, flushIntervalMs: 50 },
    }),
    'app/dbfront.ts': `
import { migrate, onStart } from 'firefly-ts';
import { sql } from 'firefly-ts/sql';
const up = async (db: never) => { await sql\`CREATE TABLE tb_count (id INTEGER PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0, twin BIGINT NOT NULL DEFAULT 0)\`.execute(db); };
onStart(async () => { await migrate({ '001': { up } }); });
`,
    'app/net.ts': `
import { db, MAdmin, netserviceHandle, onStart, transaction } from 'firefly-ts';
const rows = new MAdmin('tb_count', 'id');
const counts = { acknowledged: {} as Record<string, number>, failed: [] as string[] };
let running = true;
let workers: Promise<void>[] = [];
const count = async (id: number) => {
  const row = await rows.new({ id });
  counts.acknowledged[id] = 0;
  for (let step = 0; running; step++) {
    try {
      if (step % 2) {
        await transaction(async (t) => {
          const now = await t.get(rows, id);
          await t.update(rows, id, { n: Number(now?.n) + 1 });
          await t.increment(rows, id, 'twin');
        });
      } else {
        await row.increment('n');
        await row.increment('twin');
      }
      counts.acknowledged[id]++;
    } catch (error) {
      counts.failed.push(String(error));
    }
  }
};
onStart(() => { workers = [1, 2, 3, 4, 5, 6, 7, 8].map(count); });
netserviceHandle(1, () => JSON.stringify(counts));
netserviceHandle(2, async () => { running = false; await Promise.all(workers); return JSON.stringify(counts); });
netserviceHandle(3, async () => JSON.stringify((await db.query('SELECT * FROM tb_count', [], { fresh: true })).rows));
`,
  });

describe('dbfront killed under load', () => {
  it('comes back with every acknowledged change, and none of them twice', async () => {
    using project = counting();
    await using cluster = await startCluster(project.path('config.json'));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    const counts = async (command: number) => JSON.parse((await player.request(command)).text) as Counts;
    const total = ({ acknowledged }: Counts) => Object.values(acknowledged).reduce((sum, n) => sum + n, 0);
    for (let kills = 0; kills < 5; kills++) {
      const before = total(await counts(1));
      await cluster.waitFor(async () => total(await counts(1)) > before + 50, 'changes under way', 60_000);
      await cluster.kill('dbfront');
    }
    const before = total(await counts(1));
    await cluster.waitFor(async () => total(await counts(1)) > before + 50, 'changes after the last kill', 60_000);
    const { acknowledged, failed } = await counts(2);
    assert.deepEqual(failed, []);
    const rows = JSON.parse((await player.request(3)).text) as CountRow[];
    assert.deepEqual(
      rows.map(({ id, n, twin }) => [id, n, twin]),
      Object.entries(acknowledged).map(([id, n]) => [Number(id), n, n]),
    );
    player.close();
    assert.equal(await cluster.stop(), 0);
  });

  it('ends with the reason when another has claimed its journal, and a new one goes on', async () => {
    using project = counting();
    await using cluster = await startCluster(project.path('config.json'));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    const counts = async (command: number) => JSON.parse((await player.request(command)).text) as Counts;
    const total = ({ acknowledged }: Counts) => Object.values(acknowledged).reduce((sum, n) => sum + n, 0);
    writeFileSync(join(cluster.dataDir, 'journal/writer-epoch.7'), '');
    rmSync(join(cluster.dataDir, 'journal/writer-epoch.1'));
    await cluster.waitForLine(/dbfront stopping.*another writer has claimed the journal/, 60_000);
    await cluster.waitForLine(/epoch: 8|epoch=8|"epoch":8/, 60_000);
    const before = total(await counts(1));
    await cluster.waitFor(async () => total(await counts(1)) > before + 50, 'changes after that', 60_000);
    const { acknowledged, failed } = await counts(2);
    assert.deepEqual(failed, []);
    const rows = JSON.parse((await player.request(3)).text) as CountRow[];
    assert.deepEqual(
      rows.map(({ id, n, twin }) => [id, n, twin]),
      Object.entries(acknowledged).map(([id, n]) => [Number(id), n, n]),
    );
    player.close();
    assert.equal(await cluster.stop(), 0);
  });
});
