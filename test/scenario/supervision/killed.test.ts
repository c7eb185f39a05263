/** What dies comes back as its policy says, is told with its reason, and nobody fights over a name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ByHand } from '../../helpers/byhand';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { Project } from '../../helpers/project';
import { killedAndBack, nodeOf, supervised } from './world';

const client = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER });

const killAndWait = (cluster: Cluster, name: string) => killedAndBack(cluster, name, () => cluster.kill(name));

describe('a node that is killed while clients ask', () => {
  it('comes back, each in turn, and every request gets an answer or a clean failure', async () => {
    using project = supervised();
    await using cluster = await startCluster(project.path('config.json'));
    let player: GameClient = await client(cluster);
    let running = true;
    const answers = new Map<string, number>();
    const load = (async () => {
      while (running) {
        for (const { text } of await Promise.all([player.request(300), player.request(301)])) {
          const kind = text.replace(/ \d+$/, '');
          answers.set(kind, (answers.get(kind) ?? 0) + 1);
        }
      }
    })();
    for (const name of ['game1', 'gate', 'game2']) {
      const exit = await killAndWait(cluster, name);
      assert.deepEqual([exit.code, exit.signal, exit.reason], [null, 'SIGKILL', 'was killed by SIGKILL']);
      assert.match(exit.lastLines.join('\n'), / \w+ ready( |$)/m);
      await cluster.waitFor(async () => /^first text/.test((await player.request(name === 'game2' ? 301 : 300)).text), 'an answer again');
    }
    running = false;
    await load;
    assert.ok((answers.get('first text') ?? 0) > 0);
    // RemoteError: gate's own PeerDown, of the game node.
    assert.deepEqual(
      [...answers.keys()].filter((kind) => !['first text', 'failed: PeerDown', 'failed: RemoteError'].includes(kind)),
      [],
    );
    await killAndWait(cluster, 'net');
    player.close();
    player = await client(cluster);
    await cluster.waitFor(async () => /^first text/.test((await player.request(300)).text), 'an answer again');
    player.close();
    assert.equal(await cluster.stop(), 0);
  });
});

describe('a node that leaves a child of its own behind', () => {
  it('is seen to have ended and comes back, though the child holds its output open', async () => {
    using project = supervised({
      game: `
import { spawn } from 'node:child_process';
import { remoteserviceHandle } from 'firefly-ts';
spawn('sleep', ['600'], { stdio: 'inherit', detached: true }).unref();
remoteserviceHandle('gate')(function answer() { return 'game'; });
`,
    });
    await using cluster = await startCluster(project.path('config.json'));
    const exit = await killAndWait(cluster, 'game1');
    assert.equal(exit.reason, 'was killed by SIGKILL');
    assert.match(exit.lastLines.join('\n'), / game1 ready/);
  });
});

describe('a node that dies too often', () => {
  it('is given up and left alone where the config says so when nobody links to it, and is retried for ever when others do', async () => {
    using project = supervised({ supervise: { intensity: 1, onGiveUp: 'leave' } });
    await using cluster = await startCluster(project.path('config.json'));
    await killAndWait(cluster, 'game1');
    await cluster.kill('game1');
    await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).state === 'failed', 'game1 given up');
    await killAndWait(cluster, 'gate');
    await killAndWait(cluster, 'gate');
    const player = await client(cluster);
    await cluster.waitFor(async () => /^first text/.test((await player.request(301)).text), 'an answer of game2');
    assert.equal((await player.request(300)).text, 'failed: RemoteError', "gate's PeerDown");
    player.close();
    assert.equal((await nodeOf(cluster, 'game1')).exits.length, 2);
  });
});

describe('the restart policy', () => {
  it('lets a transient node end by itself and brings it back after a failure; a temporary one never', async () => {
    using project = supervised();
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({
      servers: { ...servers, game1: { ...servers.game1, restart: 'transient' }, game2: { ...servers.game2, restart: 'temporary' } },
    });
    await using cluster = await startCluster(project.path('config.json'));
    await killAndWait(cluster, 'game1');
    await cluster.kill('game1', 'SIGTERM');
    await cluster.kill('game2');
    await cluster.waitForLine(/game1, process \d+, ended by itself; it is not started again/);
    await cluster.waitForLine(/game2, process \d+, was killed by SIGKILL; it is not started again/);
    assert.deepEqual(
      [(await nodeOf(cluster, 'game1')).state, (await nodeOf(cluster, 'game2')).state, (await nodeOf(cluster, 'game2')).restarts],
      ['exited', 'exited', 0],
    );
  });
});

describe('a newer process of a name', () => {
  it('takes it over from the one the master started, which stops; the master does not fight, and leaves it to whoever started it', async () => {
    using project = supervised();
    await using cluster = await startCluster(project.path('config.json'));
    await using newer = new ByHand(['appmain.js', 'game1', project.path('config.json')], cluster.environment);
    await cluster.waitForLine(/game1, process \d+, gave way to a newer process of its name/);
    await cluster.whenReady(['game1']);
    assert.deepEqual([(await nodeOf(cluster, 'game1')).pid, (await nodeOf(cluster, 'game1')).restarts], [newer.pid, 0]);
    newer.process.kill('SIGKILL');
    await cluster.waitForLine(/game1, process \d+, lost its link to the master; it is not started again/);
    assert.equal((await nodeOf(cluster, 'game1')).state, 'exited');
  });
});

describe('a master that is killed and started again at once', () => {
  it('has all nodes ready again, though the old ones are still on their way out, and repeats no number', async () => {
    using project = supervised();
    project.edit(
      'app/game.ts',
      `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
GlobalObject().stophandler = () => new Promise((go) => setTimeout(go, 700));
remoteserviceHandle('gate')(function answer() { return 'first text 1'; });
`,
      { build: true },
    );
    await using cluster = await startCluster(project.path('config.json'), { dataDir: project.path('data') });
    const idOf = async () => {
      const player = await client(cluster);
      const { text } = await player.request(1);
      player.close();
      return Number(text);
    };
    const epochs = () => JSON.parse(readFileSync(project.path('data/grants.json'), 'utf8')).epochs as Record<string, number>;
    const first = await idOf();
    const before = epochs();
    process.kill(cluster.pid, 'SIGKILL');
    await cluster.whenExited();
    await using next = new ByHand(['startmaster.js', '--config', project.path('config.json')], cluster.environment);
    await next.waitForLine(/firefly-ts: 5 processes/);
    assert.ok((await idOf()) > first + 2 ** 31, 'a range of its own');
    for (const [name, epoch] of Object.entries(epochs())) assert.ok(epoch > (before[name] ?? 0), `epoch of ${name}`);
    await http({ port: cluster.port(9998), path: '/stop' });
    assert.equal(await next.ended(), 0);
    assert.deepEqual(cluster.processes(), []);
  });
});

describe('dbfront with the embedded cache', () => {
  it('is found again by the readers when it comes back on other ports', async () => {
    using project = new Project({
      'config.json': JSON.stringify({
        master: { rootport: 9999, webport: 9998 },
        servers: {
          dbfront: { db: true, mem: true, app: 'app.quiet' },
          net: { netport: 10001, mem: true, app: 'app.net' },
        },
        db: { engine: 'sqlite' },
        memcached: { embedded: true },
        limits: { redialMaxMs: 300 },
      }),
      'app/quiet.ts': 'export {};',
      'app/net.ts': `
import { GlobalObject, netserviceHandle } from 'firefly-ts';
netserviceHandle(1, async (_conn, data: Buffer) => {
  const cache = GlobalObject().node.data?.cache;
  if (!cache) return 'no cache';
  await cache.set('key', data).catch(() => {});
  return (await cache.get('key').catch(() => undefined)) ?? 'lost';
});
`,
    });
    await using cluster = await startCluster(project.path('config.json'));
    const player = await client(cluster);
    assert.equal((await player.request(1, 'one')).text, 'one');
    await killAndWait(cluster, 'dbfront');
    await cluster.waitFor(async () => (await player.request(1, 'two')).text === 'two', 'the cache of the new dbfront');
    player.close();
    assert.doesNotMatch(cluster.lines.join('\n'), /the cache cannot be found/);
  });
});
