/** A node on a second host joins by `roothost`; a cable that is cut and mended costs calls, never the node. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../../../tools/lib/wait';
import { ByHand } from '../../helpers/byhand';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { insideNamespaces, OtherHost } from '../../helpers/namespaces';
import type { Project } from '../../helpers/project';
import { nodeOf, type Shown, supervised } from './world';

const COUNTING = `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
let calls = 0;
GlobalObject().stophandler = () => GlobalObject().log?.info('saved all');
remoteserviceHandle('gate')(function answer() { return String(++calls); });
`;

/** Two hosts: all of it here, but for game2. */
function twoHosts(): Project {
  const project = supervised({
    game: COUNTING,
    limits: { redialMaxMs: 400, heartbeatMs: 200, deadAfterMs: 800, rpcDeadlineMs: 3_000 },
    supervise: { withoutMaster: 'serve' },
  });
  const { servers } = project.config() as { servers: Record<string, object> };
  project.configure({
    master: { rootport: 9999, webport: 9998, roothost: OtherHost.here, bind: '0.0.0.0' },
    bind: '0.0.0.0',
    secret: 'known on both hosts alike',
    servers: { ...servers, game2: { ...servers.game2, supervise: { start: 'hand' } } },
  });
  return project;
}

const client = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER });

const single = (project: Project, cluster: Cluster, host: OtherHost) =>
  new ByHand(
    ['startmaster.js', '--config', project.path('config.json'), 'single', 'game2'],
    // Nothing of it is shared but the config: the other host has a disk of its own.
    { ...cluster.environment, FIREFLY_DATA_DIR: project.path('data-there') },
    host.command(),
  );

insideNamespaces(__filename, 'a node on a second host joins, outlives a cut cable and a dead master, and stops with the cluster', () => {
  describe('a node on a second host', () => {
    it('joins by roothost, outlives a cut cable and a dead master, and stops with the cluster', async () => {
      await using host = await OtherHost.connect();
      using project = twoHosts();
      await using cluster = await startCluster(project.path('config.json'), {
        ready: ['gate', 'net', 'game1'],
        dataDir: project.path('data'),
      });
      await cluster.waitForLine(/firefly-ts: 4 processes/);
      await cluster.waitForLine(/started by hand: game2/);
      await using game2 = single(project, cluster, host);
      await cluster.whenReady(['game2']);
      const player = await client(cluster);
      assert.equal((await player.request(301)).text, '1');
      const { pid } = await nodeOf(cluster, 'game2');

      host.cut();
      // Each call settles: by its deadline, or when the link is found dead.
      assert.match((await player.request(301)).text, /^failed: /);
      await cluster.waitForLine(/the link of game2 has ended: game2 has been silent for 800 ms/);
      await game2.waitForLine(/the link to gate has ended/);
      await cluster.waitFor(async () => (await nodeOf(cluster, 'game2')).state === 'exited', 'game2 missed');
      const began = performance.now();
      assert.match((await player.request(301)).text, /^failed: /);
      assert.ok(performance.now() - began < 3_000, 'a node that is known to be gone is not waited for');
      assert.match((await player.request(300)).text, /^\d+$/, 'the others go on');

      host.plug();
      await cluster.whenReady(['game2']);
      await cluster.waitFor(async () => /^\d+$/.test((await player.request(301)).text), 'an answer of game2', 20_000);
      assert.ok(Number((await player.request(301)).text) > 2, 'what it had in memory is there');
      const healed = await nodeOf(cluster, 'game2');
      assert.deepEqual([healed.pid, healed.restarts, healed.exits], [pid, 0, []]);

      process.kill(cluster.pid, 'SIGKILL');
      await cluster.whenExited();
      assert.match((await player.request(301)).text, /^\d+$/, 'served without a master');
      await using next = new ByHand(['startmaster.js', '--config', project.path('config.json')], cluster.environment);
      const nodes = async () =>
        ((await http({ port: cluster.port(9998), path: '/status' })).json() as { nodes: Record<string, Shown> }).nodes;
      await next.waitForLine(/firefly-ts: 4 processes/, 30_000);
      await waitFor(
        async () => (await nodes()).game2?.state === 'ready',
        () => next.lines.join('\n'),
        20_000,
      );
      assert.equal((await nodes()).game2?.pid, pid);
      player.close();
      await http({ port: cluster.port(9998), path: '/stop' });
      assert.equal(await next.ended(30_000), 0);
      assert.equal(await game2.ended(20_000), 0);
      assert.match(game2.lines.join('\n'), /"reason":"the master said so"[\s\S]*saved all[\s\S]*"msg":"stopped"/);
    });
  });
});
