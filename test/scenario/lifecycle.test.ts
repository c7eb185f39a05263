import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { waitFor } from '../../tools/lib/wait';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { type Cluster, startCluster } from '../helpers/cluster';
import { twoGames } from '../helpers/project';

const EXAMPLE = 'test/fixtures/firefly-example/config.json';
const ROOT = resolve(__dirname, '../..');

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
    const config = JSON.parse(readFileSync(project.path('config.json'), 'utf8'));
    project.edit('config.json', JSON.stringify({ ...config, supervise: { shutdownMs: 500 } }));
    await using cluster = await startCluster(project.path('config.json'));
    assert.equal(await cluster.stop(), 0);
    assert.match(cluster.lines.join('\n'), /game1 did not stop in time and is killed/);
    assert.deepEqual(cluster.processes(), []);
  });
});

describe('a node that dies', () => {
  it('comes back, and its exit is kept with the reason', async () => {
    await using cluster = await startCluster(EXAMPLE);
    const player = await client(cluster);
    await cluster.kill('game1');
    await waitFor(async () => (await cluster.status()).nodes.game1?.restarts === 1, 'restart of game1');
    await cluster.whenReady(['game1']);
    const { nodes } = (await cluster.get('/status')).json() as { nodes: Record<string, { exits: { signal: string; reason: string }[] }> };
    assert.deepEqual(
      nodes.game1?.exits.map(({ signal, reason }) => ({ signal, reason })),
      [{ signal: 'SIGKILL', reason: 'was killed by SIGKILL' }],
    );
    assert.equal((await player.request(300)).text, 'game1Handle completed');
    player.close();
  });

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

    const gate = spawn(process.execPath, ['appmain.js', 'gate', project.path('config.json')], {
      cwd: ROOT,
      env: { ...process.env, ...cluster.environment },
      stdio: 'ignore',
    });
    try {
      await cluster.whenReady(['gate']);
      await cluster.waitFor(async () => (await cluster.status()).nodes.gate?.children?.length === 3, 'all leaves back at gate');
      assert.match((await player.request(300)).text, /first text/);
      assert.equal((await player.request(401)).text, '{"name":"anna"}', 'the new gate knows the session');
      player.close();
      assert.equal(await cluster.stop(), 0, '/stop reaches it too');
    } finally {
      if (gate.exitCode === null) {
        gate.kill('SIGKILL');
        await once(gate, 'exit');
      }
    }
  });

  it('that cannot start is retried, then given up with its last words', async () => {
    using project = twoGames({ 'app/game.ts': "throw new Error('this game cannot start');\n" });
    await using cluster = await startCluster(project.path('config.json'), { ready: ['gate'] });
    const failed = await cluster.waitFor(
      async () => {
        const { nodes } = (await cluster.get('/status')).json() as {
          nodes: Record<string, { state: string; exits: { lastLines: string[] }[] }>;
        };
        return nodes.game1?.state === 'failed' ? nodes.game1 : undefined;
      },
      'game1 failed',
      20_000,
    );
    assert.match(failed.exits.at(-1)?.lastLines.join('\n') ?? '', /game\.ts:1.*this game cannot start/);
    assert.equal((await cluster.status()).nodes.gate?.state, 'ready');
  });
});
