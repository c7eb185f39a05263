/** `cpu` keeps a node to its processors, where the system allows it; where not, the node runs and says why. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { startCluster } from '../../helpers/cluster';
import { nodeOf, supervised } from './world';

/** By thread: the processors it may run on. */
function allowed(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map(
    (task) => /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8'))?.[1] ?? '',
  );
}

/** The first processor that this test may run on, as a bit mask. */
const FIRST = Number(/^\d+/.exec(allowed(process.pid)[0] ?? '0')?.[0]);

describe('cpu', () => {
  it('holds for every thread of the node, also after a restart; a processor that is not there is a warning', async () => {
    using project = supervised();
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({ servers: { ...servers, game1: { ...servers.game1, cpu: 2 ** FIRST }, game2: { ...servers.game2, cpu: 2 ** 31 } } });
    await using cluster = await startCluster(project.path('config.json'));
    const pinned = async () => [...new Set(allowed((await nodeOf(cluster, 'game1')).pid ?? 0))];
    assert.deepEqual(await pinned(), [String(FIRST)]);
    assert.deepEqual(allowed((await nodeOf(cluster, 'gate')).pid ?? 0)[0], allowed(process.pid)[0], 'the others run anywhere');
    await cluster.waitForLine(
      /game2 WARN "cpu": 2147483648 has no effect, the node runs on any processor: none of these processors is there or allowed/,
    );
    await cluster.kill('game1');
    await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).restarts === 1, 'a restart');
    await cluster.whenReady(['game1']);
    assert.deepEqual(await pinned(), [String(FIRST)]);
    assert.equal(await cluster.stop(), 0);
  });

  it('has no effect where there is no taskset, and says so', async () => {
    using project = supervised();
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({ servers: { ...servers, game1: { ...servers.game1, cpu: 1 } } });
    await using cluster = await startCluster(project.path('config.json'), { env: { PATH: project.path('nowhere') } });
    await cluster.waitForLine(/game1 WARN "cpu": 1 has no effect, the node runs on any processor: there is no taskset on this machine/);
    assert.equal(await cluster.stop(), 0);
  });
});
