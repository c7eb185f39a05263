/** A process that stands still is told from one that is well, and who looks is told for how long and what to do. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../../helpers/cluster';
import type { Project } from '../../helpers/project';
import { parseMetrics } from '../../helpers/promtext';
import { runAlone } from '../../management/support';
import { nodeOf, supervised } from '../supervision/world';

describe('what is frozen', () => {
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    // Left alone, as one that a debugger holds.
    project = supervised({ limits: { redialMaxMs: 300, heartbeatMs: 200, deadAfterMs: 1_000, hangMs: 0 } });
    cluster = await startCluster(project.path('config.json'));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });
  const firefly = (...args: string[]) => runAlone(['--config', project.path('config.json'), ...args], cluster.environment);
  const isReady = async () =>
    parseMetrics((await cluster.get('/metrics')).text)
      .get('firefly_node_ready')
      ?.samples.find(({ labels }) => labels.node === 'game1')?.value;

  it('is no ready node: not in /status and firefly status, not in /readyz, not in the metric', async () => {
    assert.equal(await isReady(), 1);
    const pid = await cluster.kill('game1', 'SIGSTOP');
    try {
      await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).state === 'not answering', 'word of it');
      const { silentMs, trouble } = (await nodeOf(cluster, 'game1')) as unknown as { silentMs: number; trouble: string };
      assert.ok(silentMs >= 1_000, `${silentMs} ms`);
      assert.match(trouble, /^has not answered for \d+ s$/);
      assert.equal(((await cluster.status()).cluster as { ready?: boolean }).ready, false);
      const readyz = await cluster.get('/readyz');
      assert.equal(readyz.status, 503);
      assert.match((readyz.json() as { waiting: Record<string, string> }).waiting.game1 ?? '', /^has not answered for \d+ s$/);
      assert.equal(await isReady(), 0);
      const { out } = await firefly('status');
      assert.match(
        out.join('\n'),
        /3 of 4 nodes ready[\s\S]*\ngame1 +not answering \d+ s[\s\S]*\ngame1, process \d+: has not answered for \d+ s/,
      );
      const logs = await firefly('logs', 'game1');
      assert.match(logs.errors.join('\n'), /^firefly: game1 does not answer \(has not answered for \d+ s\); its config names no file/);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).state === 'ready', 'game1 again');
    assert.equal(await isReady(), 1);
    assert.equal((await nodeOf(cluster, 'game1')).pid, pid);
  });

  it('is named with its process and the way out when it is the master', async () => {
    process.kill(cluster.pid, 'SIGSTOP');
    try {
      const { exit, errors } = await firefly('status');
      assert.equal(exit, 3);
      assert.match(
        errors.join('\n'),
        new RegExp(
          `has not answered for 5 s; it is process ${cluster.pid} \\(.*/master\\), which was stopped .* kill -CONT ${cluster.pid} `,
        ),
      );
    } finally {
      process.kill(cluster.pid, 'SIGCONT');
    }
    assert.equal((await firefly('status')).exit, 0);
  });
});
