import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../../tools/lib/wait';
import { ByHand } from '../helpers/byhand';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { twoGames } from '../helpers/project';

const EXAMPLE = 'test/fixtures/firefly-example/config.json';

const client = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER });

describe("Firefly's example, in its own words", () => {
  it('boots, answers through all three nodes, and stops in the reverse order', async () => {
    await using cluster = await startCluster(EXAMPLE);
    const player = await client(cluster);
    assert.equal((await player.request(100)).text, 'netHandle_100 completed');
    assert.equal((await player.request(200)).text, 'gateHandle Completed');
    assert.equal((await player.request(300)).text, 'game1Handle completed');
    player.close();
    assert.equal((await cluster.get('/stop')).text, 'stop');
    assert.equal(await cluster.whenExited(), 0);
    const stopped = cluster.lines.flatMap((line) => /^\S+ (\w+) stopped$/.exec(line)?.[1] ?? []);
    assert.deepEqual(stopped, ['net', 'game1', 'gate']);
    assert.deepEqual(cluster.processes(), []);
  });

  it('says what listens where', async () => {
    await using cluster = await startCluster(EXAMPLE);
    await cluster.waitForLine(/firefly-ts: 4 processes/);
    await cluster.waitForLine(new RegExp(`net\\s+clients 127.0.0.1:${cluster.port(10001)}`));
  });
});

describe('the end of a cluster', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`comes in order at ${signal}, and leaves no process`, async () => {
      await using cluster = await startCluster(EXAMPLE);
      process.kill(cluster.pid, signal);
      assert.equal(await cluster.whenExited(), 0);
      assert.deepEqual(cluster.processes(), []);
    });
  }

  it('comes by itself when the master is killed, and leaves no process', async () => {
    await using cluster = await startCluster(EXAMPLE);
    process.kill(cluster.pid, 'SIGKILL');
    await cluster.whenExited();
    await waitFor(() => cluster.processes().length === 0, 'end of all nodes');
  });

  it('kills a node that does not stop in time and says so', async () => {
    using project = twoGames({
      'app/game.ts': `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
GlobalObject().stophandler = () => { for (;;); };
remoteserviceHandle('gate')(function answer() { return 'game'; });
`,
    });
    project.configure({ supervise: { shutdownMs: 500 } });
    await using cluster = await startCluster(project.path('config.json'));
    assert.equal(await cluster.stop(), 0);
    assert.match(cluster.lines.join('\n'), /game1 did not stop in time and is killed/);
    assert.deepEqual(cluster.processes(), []);
  });
});

describe('a node that dies', () => {
  it('is found by the others when it was started by hand, and nobody hangs meanwhile', async () => {
    using project = twoGames();
    await using cluster = await startCluster(project.path('config.json'));
    const player = await client(cluster);
    assert.equal((await player.request(400, 'anna')).text, 'known');
    const never = player.request(402);
    await cluster.kill('gate');
    assert.equal((await never).text, 'failed: PeerDown');
    await cluster.waitFor(async () => (await cluster.status()).nodes.gate?.state === 'exited', 'gate exited');
    assert.equal((await player.request(300)).text, 'failed: PeerDown');

    await using gate = new ByHand(['appmain.js', 'gate', project.path('config.json')], cluster.environment);
    await cluster.whenReady(['gate']);
    await cluster.waitFor(async () => (await cluster.status()).nodes.gate?.children?.length === 3, 'all leaves back at gate');
    assert.match((await player.request(300)).text, /first text/);
    assert.equal((await player.request(401)).text, '{"name":"anna"}', 'the new gate knows the session');
    player.close();
    assert.equal(await cluster.stop(), 0, '/stop reaches it too');
    assert.equal(await gate.ended(), 0);
  });
});
