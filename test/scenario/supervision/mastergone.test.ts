/** Nodes stop in order when their master dies, unless the config says otherwise; a master that comes at once has all of them again. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { waitFor } from '../../../tools/lib/wait';
import { startCluster } from '../../helpers/cluster';
import { COUNTING, masterDies, NextMaster, NODES } from './nextmaster';
import { supervised } from './world';

describe('nodes that stop without a master', () => {
  it('leave no process and save all; it is the default', async () => {
    using project = supervised({ game: COUNTING });
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({ servers: { ...servers, game1: { ...servers.game1, log: 'logs/game1.log' } } });
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    await masterDies(cluster);
    await waitFor(() => cluster.processes().length === 0, 'end of all nodes', 20_000);
    assert.match(
      readFileSync(project.path('logs/game1.log'), 'utf8'),
      /"reason":"the master is gone"[\s\S]*saved all[\s\S]*"msg":"stopped"/,
    );
  });

  it('are waited for by a master that comes at once, and started afresh without a restart being counted', async () => {
    using project = supervised({
      game: COUNTING.replace("() => GlobalObject().log?.info('saved all')", '() => new Promise((go) => setTimeout(go, 700))'),
    });
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const before = await masterDies(cluster);
    await using next = new NextMaster(cluster, project);
    await next.waitForLine(/firefly-ts: 5 processes/, 40_000);
    const after = await next.nodes();
    for (const name of NODES) {
      assert.notEqual(after[name]?.pid, before[name]?.pid, name);
      assert.equal(after[name]?.restarts, 0, name);
    }
    await next.stop();
    assert.deepEqual(cluster.processes(), []);
  });
});
