/** Nodes may serve on when their master dies, as the config says; the next master takes back what runs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../../../tools/lib/wait';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { COUNTING, masterDies, NextMaster, NODES, pidsOf } from './nextmaster';
import { supervised } from './world';

describe('nodes that serve on without a master', () => {
  const serving = (redialMaxMs: number) =>
    supervised({
      game: COUNTING,
      limits: { redialMaxMs, heartbeatMs: 200, deadAfterMs: 600, hangMs: 1_000 },
      supervise: { withoutMaster: 'serve' },
    });

  it('are taken back by the next one, which starts none twice, starts again what dies, and stops all', async () => {
    // A node may come seconds later than a master could start another one.
    using project = serving(3_000);
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    assert.equal((await player.request(300)).text, '1');
    const before = await masterDies(cluster);
    assert.equal((await player.request(300)).text, '2', 'served without a master');
    await using next = new NextMaster(cluster, project);
    await next.waitForLine(/firefly-ts: 5 processes/, 30_000);
    assert.deepEqual(pidsOf(await next.nodes()), pidsOf(before), 'the same processes');
    assert.deepEqual(
      Object.values(await next.nodes()).map(({ restarts, exits }) => [restarts, exits.length]),
      NODES.map(() => [0, 0]),
    );
    assert.equal((await player.request(300)).text, '3', 'what game1 had in memory is there');

    process.kill(before.game1?.pid ?? 0, 'SIGKILL');
    await waitFor(
      async () => {
        const { game1 } = await next.nodes();
        return game1?.state === 'ready' && game1.pid !== before.game1?.pid && game1.restarts === 1;
      },
      () => `game1 again; ${next.lines.join('\n')}`,
      20_000,
    );
    assert.match((await next.nodes()).game1?.exits[0]?.reason ?? '', /^ended; how is not known, since an earlier master started it$/);
    await waitFor(async () => (await player.request(300)).text === '1', 'the new game1');
    player.close();
    await next.stop();
    await waitFor(() => cluster.processes().length === 0, 'end of all nodes');
  });

  it('are ended by the next one when they are frozen: at its start, and later', async () => {
    using project = serving(400);
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const before = await masterDies(cluster);
    process.kill(before.game2?.pid ?? 0, 'SIGSTOP');
    await using next = new NextMaster(cluster, project);
    await next.waitForLine(/game2, process \d+, is killed: it did not register with this master within \d+ ms/, 30_000);
    await next.waitForLine(/firefly-ts: 5 processes/, 30_000);
    const after = await next.nodes();
    assert.equal(after.game1?.pid, before.game1?.pid);
    assert.notEqual(after.game2?.pid, before.game2?.pid);

    process.kill(before.game1?.pid ?? 0, 'SIGSTOP');
    await next.waitForLine(/game1, process \d+, is killed: it has been silent for more than 1000 ms/, 20_000);
    await waitFor(async () => (await next.nodes()).game1?.restarts === 1, 'game1 again', 20_000);
    await waitFor(async () => (await next.nodes()).game1?.state === 'ready', 'game1 ready', 20_000);

    process.kill(before.gate?.pid ?? 0, 'SIGSTOP');
    await next.stop();
    assert.deepEqual(cluster.processes(), [], 'a frozen node does not outlive the stop');
  });

  it('stop in order on a signal each', async () => {
    using project = serving(400);
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const before = await masterDies(cluster);
    for (const name of ['net', 'game1', 'game2', 'gate']) process.kill(before[name]?.pid ?? 0, 'SIGTERM');
    await waitFor(() => cluster.processes().length === 0, 'end of all nodes', 20_000);
  });
});
