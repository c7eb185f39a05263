/** A node whose event loop stands still is killed and comes back, and says where it stood. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import type { Project } from '../../helpers/project';
import { killedAndBack, nodeOf, supervised } from './world';

const client = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER });

/** The first command loops, the second waits in a system call; game1 and game2 answer alike. */
const GAME = `
import { execSync } from 'node:child_process';
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
function spin() { for (;;); }
remoteserviceHandle('gate')(async function answer(data: Buffer) {
  const text = data.toString();
  if (text === 'spin') spin();
  if (text === 'wait') execSync('sleep 30');
  if (text === 'on purpose') await GlobalObject().node.watchdog?.during('a test', () => { const end = Date.now() + 2500; while (Date.now() < end); });
  return 'game';
});
`;

function hanging(limits: object = {}): Project {
  return supervised({
    game: GAME,
    limits: { redialMaxMs: 300, heartbeatMs: 200, deadAfterMs: 600, hangMs: 1_000, ...limits },
  });
}

describe('a handler that loops for ever', () => {
  it('costs its node, which comes back; the reason names the place in the source', async () => {
    using project = hanging();
    await using cluster = await startCluster(project.path('config.json'));
    const player = await client(cluster);
    const exit = await killedAndBack(cluster, 'game1', async () => {
      assert.match((await player.request(300, 'spin')).text, /^failed/);
    });
    assert.equal(exit.signal, 'SIGKILL');
    assert.match(
      exit.reason,
      /^was killed by SIGKILL: the event loop stood still for 1000 ms \(limit hangMs\): it was at spin \(.*app\/game\.ts:4\)/,
    );
    assert.match(
      exit.lastLines.join('\n'),
      /Where the event loop stood still\n\s+at spin \(.*app\/game\.ts:4\)\n\s+at answer \(.*app\/game\.ts:7\)/,
    );
    await cluster.waitFor(async () => (await player.request(300, 'hello')).text === 'game', 'an answer of the new game1');
    assert.equal((await player.request(301, 'hello')).text, 'game', 'game2 was left alone');
    assert.equal((await nodeOf(cluster, 'game2')).restarts, 0);
    player.close();
    assert.equal(await cluster.stop(), 0);
  });

  it('in a system call is killed too, and says that its place cannot be told', async () => {
    using project = hanging();
    await using cluster = await startCluster(project.path('config.json'));
    const player = await client(cluster);
    const exit = await killedAndBack(cluster, 'game1', async () => {
      assert.match((await player.request(300, 'wait')).text, /^failed/);
    });
    assert.match(exit.reason, /the event loop stood still for 1000 ms .* in a system call or in native code/);
    player.close();
  });
});

describe('a node that is frozen as a whole', () => {
  it('is killed by the master, though it can say nothing', async () => {
    using project = hanging();
    await using cluster = await startCluster(project.path('config.json'));
    const exit = await killedAndBack(cluster, 'game1', () => cluster.kill('game1', 'SIGSTOP'));
    assert.match(exit.reason, /^was killed: it has been silent for more than 1000 ms \(limit hangMs\) and stands still as a whole$/);
    assert.equal(await cluster.stop(), 0);
  });
});

describe('a node that stands still for a reason', () => {
  it('is left alone while an inspector is attached', async () => {
    using project = hanging({ hangMs: 500 });
    await using cluster = await startCluster(project.path('config.json'), { env: { NODE_OPTIONS: '--inspect=127.0.0.1:0' } });
    const player = await client(cluster);
    const before = await nodeOf(cluster, 'game1');
    assert.match((await player.request(300, 'spin')).text, /^failed/);
    // Longer than hangMs, the master's grace and the time of one more round.
    await cluster.waitForLine(/the link of game1 has ended: game1 has been silent/);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const after = await nodeOf(cluster, 'game1');
    assert.deepEqual([after.pid, after.restarts], [before.pid, 0]);
    player.close();
  });

  it('such as a heap snapshot is not killed', async () => {
    using project = hanging({ hangMs: 500 });
    await using cluster = await startCluster(project.path('config.json'));
    const player = await client(cluster);
    const before = await nodeOf(cluster, 'game1');
    await player.request(300, 'on purpose');
    await cluster.waitFor(async () => (await player.request(300, 'hello')).text === 'game', 'game1 again');
    assert.deepEqual([(await nodeOf(cluster, 'game1')).pid, (await nodeOf(cluster, 'game1')).restarts], [before.pid, 0]);
    player.close();
  });
});

describe('a start that takes long', () => {
  it('is no hang when it yields, and one when a module loops while it loads', async () => {
    using project = hanging({ hangMs: 600 });
    project.edit(
      'app/game.ts',
      `
import { onStart } from 'firefly-ts';
const name = process.argv[2];
if (name === 'game2') for (;;);
onStart(async () => {
  const end = Date.now() + 2000;
  while (Date.now() < end) await new Promise((go) => setTimeout(go, 20));
});
`,
      { build: true },
    );
    project.configure({ supervise: { intensity: 1 } });
    await using cluster = await startCluster(project.path('config.json'), { ready: ['game1'] });
    assert.equal((await nodeOf(cluster, 'game1')).restarts, 0);
    await cluster.waitFor(async () => (await nodeOf(cluster, 'game2')).state === 'failed', 'game2 given up');
    assert.match((await nodeOf(cluster, 'game2')).exits.at(-1)?.reason ?? '', /stood still for 600 ms .*app\/game\.ts:4/);
  });
});
