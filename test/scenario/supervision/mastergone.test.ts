/** The master may die: its nodes stop in order or serve on, as the config says, and the next master takes back what runs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { waitFor } from '../../../tools/lib/wait';
import { ByHand } from '../../helpers/byhand';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import type { Project } from '../../helpers/project';
import { type Shown, supervised } from './world';

const NODES = ['gate', 'net', 'game1', 'game2'] as const;
/** Node itself counts what game1 has in memory: a second process of it would begin anew. */
const COUNTING = `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
let calls = 0;
GlobalObject().stophandler = () => GlobalObject().log?.info('saved all');
remoteserviceHandle('gate')(function answer() { return String(++calls); });
`;

/** A master that is started by a test beside what runs already. */
class NextMaster extends ByHand {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, project: Project) {
    super(['startmaster.js', '--config', project.path('config.json')], cluster.environment);
    this.#cluster = cluster;
  }

  async nodes(): Promise<Record<string, Shown>> {
    const answer = await http({ port: this.#cluster.port(9998), path: '/status' });
    return (answer.json() as { nodes: Record<string, Shown> }).nodes;
  }

  async stop(): Promise<void> {
    await http({ port: this.#cluster.port(9998), path: '/stop' });
    assert.equal(await this.ended(30_000), 0, this.lines.join('\n'));
  }
}

const client = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
const pidsOf = (nodes: Record<string, { pid?: number | undefined }>) => NODES.map((name) => nodes[name]?.pid);

async function masterDies(cluster: Cluster): Promise<Record<string, Shown>> {
  const { nodes } = await cluster.status();
  process.kill(cluster.pid, 'SIGKILL');
  await cluster.whenExited();
  return nodes as Record<string, Shown>;
}

describe('nodes that serve on without a master', () => {
  const serving = () =>
    supervised({
      game: COUNTING,
      limits: { redialMaxMs: 400, heartbeatMs: 200, deadAfterMs: 600, hangMs: 1_000 },
      supervise: { withoutMaster: 'serve' },
    });

  it('are taken back by the next one, which starts none twice, starts again what dies, and stops all', async () => {
    using project = serving();
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const player = await client(cluster);
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
    using project = serving();
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
    using project = serving();
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const before = await masterDies(cluster);
    for (const name of ['net', 'game1', 'game2', 'gate']) process.kill(before[name]?.pid ?? 0, 'SIGTERM');
    await waitFor(() => cluster.processes().length === 0, 'end of all nodes', 20_000);
  });
});

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
