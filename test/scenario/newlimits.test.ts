/** A limit that is raised at night counts from the next start of the cluster, as docs/alerts.yml says: a reload and a restart of the node leave it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Cluster, startCluster } from '../helpers/cluster';
import { http } from '../helpers/http';
import { Project } from '../helpers/project';

const MIB = 1024 * 1024;
const CONFIG = {
  master: { rootport: 9999, webport: 9998 },
  servers: { dbfront: { db: true, mem: true } },
  db: { engine: 'sqlite', db: 'limits' },
  memcached: { embedded: true, hostname: 'limits' },
  limits: { journalBytes: 64 * MIB, journalSegmentBytes: MIB },
};

const boundOf = async (cluster: Cluster) =>
  Number(/firefly_limit\{[^}]*limit="journalBytes"[^}]*\} (\d+)/.exec((await cluster.get('/metrics?node=dbfront')).text)?.[1]);

describe('limits.journalBytes', () => {
  it('is what it was at the start of the cluster, until the cluster starts again', async () => {
    using project = new Project({ 'config.json': JSON.stringify(CONFIG) });
    const dataDir = mkdtempSync(join(tmpdir(), 'firefly-limits-'));
    const post = (cluster: Cluster, path: string) => http({ port: cluster.port(9998), path, method: 'POST' });
    try {
      {
        await using cluster = await startCluster(project.path('config.json'), { dataDir });
        assert.equal(await boundOf(cluster), 64 * MIB);
        project.configure({ limits: { ...CONFIG.limits, journalBytes: 128 * MIB } });
        const { message } = (await post(cluster, '/reload')).json() as { message: string };
        assert.match(message, /config\.json has also changed in limits: that takes a restart of the cluster/);
        const { pid } = (await cluster.status()).nodes.dbfront ?? {};
        assert.equal((await post(cluster, '/restart?node=dbfront')).status, 202);
        await cluster.waitFor(async () => {
          const { state, pid: now } = (await cluster.status()).nodes.dbfront ?? {};
          return state === 'ready' && now !== pid;
        }, 'the restart of dbfront');
        assert.equal(await boundOf(cluster), 64 * MIB);
      }
      await using cluster = await startCluster(project.path('config.json'), { dataDir });
      assert.equal(await boundOf(cluster), 128 * MIB);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
