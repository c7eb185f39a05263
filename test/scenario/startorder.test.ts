/** Nodes find each other whatever comes first, and one order to stop reaches all of them, whoever started them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { waitFor } from '../../tools/lib/wait';
import { ByHand } from '../helpers/byhand';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { http } from '../helpers/http';
import { claimPorts } from '../helpers/ports';
import { Project } from '../helpers/project';

/** Every kind of node: the writer, a root, a leaf that uses tables, a client front. Each says when its stop handler has ended. */
function fullProject(): Project {
  const saying = `
import { GlobalObject } from 'firefly-ts';
GlobalObject().stophandler = async () => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  GlobalObject().log?.info('saved all');
};
`;
  return new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        dbfront: { db: true, mem: true, app: 'app.quiet' },
        gate: { rootport: 10000, db: true, mem: true, app: 'app.gate' },
        net: { netport: 10001, remoteport: [{ rootport: 10000, rootname: 'gate' }], app: 'app.net' },
        game: { mem: true, remoteport: [{ rootport: 10000, rootname: 'gate' }], app: 'app.game' },
      },
      db: { engine: 'sqlite' },
      memcached: { embedded: true },
      limits: { redialMaxMs: 2_000 },
    }),
    'app/quiet.ts': saying,
    'app/net.ts': `${saying}
import { netserviceHandle } from 'firefly-ts';
netserviceHandle('*', (command: number) => GlobalObject().remote.gate?.callRemote('pass', command));
`,
    'app/gate.ts': `${saying}
import { rootserviceHandle } from 'firefly-ts';
rootserviceHandle(function pass() { return GlobalObject().root?.callChild('game', 'answer'); });
`,
    'app/game.ts': `${saying}
import { db, remoteserviceHandle } from 'firefly-ts';
remoteserviceHandle('gate')(async function answer() { return JSON.stringify((await db.query('SELECT 42 AS answer')).rows); });
`,
  });
}

const NODES = ['dbfront', 'gate', 'net', 'game'];

async function asks(port: number): Promise<void> {
  const player = await connectClient({ port, header: ZERO_HEADER });
  assert.equal((await player.request(1)).text, '[{"answer":42}]');
  player.close();
}

describe('nodes started by hand', () => {
  it('all get ready in the worst order, the master last of all, and /stop reaches them', async () => {
    using project = fullProject();
    await using ports = await claimPorts([9998, 9999, 10000, 10001]);
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_DATA_DIR: project.path('data') };
    const config = project.path('config.json');
    const byHand = (name: string) => new ByHand(['appmain.js', name, config], env);
    await using net = byHand('net');
    await net.waitForLine(/no link to master/);
    await using game = byHand('game');
    await game.waitForLine(/no link to master/);
    await using gate = byHand('gate');
    await gate.waitForLine(/no link to master/);
    await using dbfront = byHand('dbfront');
    await dbfront.waitForLine(/no link to master/);
    await using master = new ByHand(['startmaster.js', '--config', config, 'master'], env);
    const nodes = [net, game, gate, dbfront];
    await Promise.all(nodes.map((node) => node.waitForLine(/"msg":"ready"/)));
    await asks(10001 + ports.offset);
    await http({ port: 9998 + ports.offset, path: '/stop' });
    assert.equal(await master.ended(), 0);
    for (const node of nodes) {
      assert.equal(await node.ended(), 0);
      assert.match(node.lines.join('\n'), /saved all[\s\S]*"msg":"stopped"/);
    }
  });

  it('stop in order on Ctrl-C, with their stop handler awaited, and are not started again', async () => {
    using project = fullProject();
    await using cluster = await startCluster(project.path('config.json'), { args: ['master'], ready: [] });
    const config = project.path('config.json');
    await using dbfront = new ByHand(['startmaster.js', '--config', config, 'single', 'dbfront'], cluster.environment);
    await cluster.whenReady(['dbfront']);
    dbfront.process.kill('SIGINT');
    assert.equal(await dbfront.ended(), 0);
    assert.match(dbfront.lines.join('\n'), /"reason":"Ctrl-C"[\s\S]*saved all[\s\S]*"msg":"stopped"/);
    assert.doesNotMatch(dbfront.lines.join('\n'), /"level":"(warn|error|fatal)"/);
    await cluster.waitFor(async () => (await cluster.status()).nodes.dbfront?.state === 'exited', 'dbfront exited');
    assert.equal((await cluster.status()).nodes.dbfront?.restarts, 0);
    assert.equal(await cluster.stop(), 0);
  });

  it('end at once on a second Ctrl-C', async () => {
    using project = fullProject();
    project.edit(
      'app/quiet.ts',
      "import { GlobalObject } from 'firefly-ts';\nGlobalObject().stophandler = () => new Promise(() => {});\n",
      {
        build: true,
      },
    );
    await using cluster = await startCluster(project.path('config.json'), { args: ['master'], ready: [] });
    await using dbfront = new ByHand(['appmain.js', 'dbfront', project.path('config.json')], cluster.environment);
    await cluster.whenReady(['dbfront']);
    dbfront.process.kill('SIGINT');
    await dbfront.waitForLine(/"msg":"stopping"/);
    dbfront.process.kill('SIGINT');
    assert.equal(await dbfront.ended(), 130);
  });

  it('may wait for a root that never comes: they say so, and stop at once when they are told', async () => {
    using project = fullProject();
    const config = project.path('config.json');
    await using cluster = await startCluster(config, { args: ['master'], ready: [] });
    await using game = new ByHand(['appmain.js', 'game', config], cluster.environment);
    await using net = new ByHand(['appmain.js', 'net', config], cluster.environment);
    const starting = async () => Object.values((await cluster.status()).nodes).filter(({ state }) => state === 'starting').length === 2;
    await cluster.waitFor(starting, 'two nodes that wait');
    await game.waitForLine(/waiting for (gate|dbfront), which is not there yet/);
    net.process.kill('SIGINT');
    assert.equal(await net.ended(2_000), 0);
    assert.equal(await cluster.stop(), 0);
    assert.equal(await game.ended(2_000), 0);
    assert.doesNotMatch([...net.lines, ...game.lines].join('\n'), /cannot start/);
  });
});

describe('nodes started by hand beside a cluster', () => {
  const withoutMaster = async (work: (cluster: Cluster, nodes: readonly ByHand[], project: Project) => Promise<void>) => {
    using project = fullProject();
    const config = project.path('config.json');
    await using cluster = await startCluster(config, { args: ['master'], ready: [], dataDir: project.path('data') });
    const start = (name: string) => new ByHand(['appmain.js', name, config], cluster.environment);
    await using dbfront = start('dbfront');
    await using gate = start('gate');
    await using game = start('game');
    await using net = start('net');
    await cluster.whenReady(NODES);
    await work(cluster, [dbfront, gate, game, net], project);
  };

  it('go on without a master, register with the next one, and /stop of that one reaches them', async () => {
    await withoutMaster(async (cluster, nodes, project) => {
      process.kill(cluster.pid, 'SIGKILL');
      await cluster.whenExited();
      await asks(cluster.port(10001));
      // All of it: what runs already is taken over, nothing is started twice.
      await using next = new ByHand(['startmaster.js', '--config', project.path('config.json')], cluster.environment);
      await next.waitForLine(/firefly-ts: 5 processes/);
      const status = (await http({ port: cluster.port(9998), path: '/status' })).json() as {
        nodes: Record<string, { pid: number; state: string; restarts: number }>;
      };
      assert.deepEqual(
        ['dbfront', 'gate', 'game', 'net'].map((name) => status.nodes[name]?.pid),
        nodes.map(({ pid }) => pid),
      );
      await asks(cluster.port(10001));
      await http({ port: cluster.port(9998), path: '/stop' });
      assert.equal(await next.ended(), 0);
      for (const node of nodes) assert.equal(await node.ended(), 0);
    });
  });

  it('give way to a newer process of their name, which nobody fights', async () => {
    await withoutMaster(async (cluster, nodes, project) => {
      const [, , game] = nodes;
      await using newer = new ByHand(['appmain.js', 'game', project.path('config.json')], cluster.environment);
      assert.equal(await game?.ended(), 0);
      assert.match(game?.lines.join('\n') ?? '', /saved all/);
      await cluster.waitFor(async () => (await cluster.status()).nodes.game?.pid === newer.pid, 'the newer game');
      await cluster.whenReady(['game']);
      await waitFor(() => asks(cluster.port(10001)).then(() => true), 'an answer of the newer game');
      assert.equal(await cluster.stop(), 0);
      assert.equal(await newer.ended(), 0);
    });
  });
});
