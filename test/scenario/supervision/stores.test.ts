/** A dbfront whose journal fails under it ends, and is back: acknowledged is acknowledged, the next change is taken. */
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { Project } from '../../helpers/project';
import { nodeOf } from './world';

const writing = () =>
  new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        // A policy that lets an orderly end be the end: this one is none.
        dbfront: { db: true, mem: true, app: 'app.dbfront', restart: 'transient' },
        net: { netport: 10001, db: true, mem: true, app: 'app.net' },
      },
      db: { engine: 'sqlite' },
      memcached: { embedded: true },
      limits: { redialMaxMs: 300 },
    }),
    'app/dbfront.ts': `
import { migrate, onStart } from 'firefly-ts';
import { sql } from 'firefly-ts/sql';
const up = async (db: never) => { await sql\`CREATE TABLE tb_count (id INTEGER PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0)\`.execute(db); };
onStart(async () => { await migrate({ '001': { up } }); });
`,
    'app/net.ts': `
import { MAdmin, netserviceHandle } from 'firefly-ts';
const rows = new MAdmin('tb_count', 'id');
netserviceHandle(1, async (_conn, data: Buffer) => {
  await rows.new({ id: Number(data.toString()) });
  return 'written';
});
netserviceHandle(2, async () => JSON.stringify((await Promise.all([1, 2, 3].map((id) => rows.getObjData(id)))).map((row) => row?.id ?? null)));
`,
  });

describe('dbfront whose journal fails', () => {
  it('ends with the reason and exit code 1, and comes back with all that was acknowledged', async () => {
    using project = writing();
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER, deadlineMs: 30_000 });
    assert.equal((await player.request(1, '1')).text, 'written');
    // As if another writer had taken the journal: the next sync must not acknowledge.
    const journal = join(project.path('data'), 'journal');
    for (const name of readdirSync(journal)) if (name.startsWith('writer-epoch.')) rmSync(join(journal, name));
    // It is asked again when dbfront is back.
    assert.equal((await player.request(1, '2')).text, 'written');
    assert.equal((await player.request(1, '3')).text, 'written');
    const { exits, restarts } = await nodeOf(cluster, 'dbfront');
    assert.deepEqual([exits.length, restarts, exits[0]?.code], [1, 1, 1]);
    assert.match(exits[0]?.reason ?? '', /^failed with exit code 1: dbfront cannot go on: .*another writer has claimed the journal/);
    assert.equal((await player.request(2)).text, '[1,2,3]');
    player.close();
    assert.equal(await cluster.stop(), 0);
  });
});
