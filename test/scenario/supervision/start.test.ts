/** A node that cannot start, or does not get ready, is a failure with its reason; what comes of that is in the config. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { startCluster } from '../../helpers/cluster';
import { operate } from '../../helpers/operations';
import { nodeOf, supervised } from './world';

/** Fails at the first `times` starts of game1. */
const failing = (times: number, how: string) => `
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { GlobalObject, onStart, remoteserviceHandle } from 'firefly-ts';
const file = __dirname + '/starts';
const starts = (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0) + 1;
if (process.argv[2] === 'game1') {
  writeFileSync(file, String(starts));
  if (starts <= ${times}) { ${how} }
}
remoteserviceHandle('gate')(function answer() { return 'game'; });
export { GlobalObject, onStart };
`;

describe('a node that crashes at start five times', () => {
  it('is there after the sixth, each crash told with its reason', async () => {
    using project = supervised({ game: failing(5, "throw new Error('no good ' + starts);") });
    await using cluster = await startCluster(project.path('config.json'));
    const { restarts, exits, state } = await nodeOf(cluster, 'game1');
    assert.deepEqual([restarts, exits.length, state], [5, 5, 'ready']);
    for (const [at, { code, reason }] of exits.entries()) {
      assert.equal(code, 1);
      assert.match(reason, new RegExp(`^failed with exit code 1: game1 cannot start: .*app/game\\.ts:8: Error: no good ${at + 1}$`));
    }
    assert.equal(await cluster.stop(), 0);
  });

  it('is given up at the sixth crash while the rest stays up', async () => {
    using project = supervised({ game: failing(99, 'process.abort();'), supervise: { onGiveUp: 'leave' } });
    await using cluster = await startCluster(project.path('config.json'), { ready: ['gate', 'net', 'game2'] });
    await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).state === 'failed', 'game1 given up', 30_000);
    const { restarts, exits } = await nodeOf(cluster, 'game1');
    assert.deepEqual([restarts, exits.length, exits.at(-1)?.reason], [5, 6, 'was killed by SIGABRT']);
    await cluster.waitForLine(/NOT ready: game1 \(failed\)/);
    assert.equal(await cluster.stop(), 0);
  });

  it('is given up, told as such, and is back without anybody when what was in its way is gone', async () => {
    using project = supervised({
      game: `
import { existsSync } from 'node:fs';
import { remoteserviceHandle } from 'firefly-ts';
if (process.argv[2] === 'game1' && !existsSync(__dirname + '/database')) throw new Error('the database is away');
remoteserviceHandle('gate')(function answer() { return 'game'; });
`,
      supervise: { intensity: 2, backoffMaxMs: 300 },
    });
    await using cluster = await startCluster(project.path('config.json'), { ready: ['gate', 'net', 'game2'] });
    await cluster.waitForLine(/game1, process \d+, failed .*database is away; it is given up after 2 restarts and tried again in \d+ ms/);
    await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).restarts > 4, 'more restarts than the intensity', 30_000);
    const givenUp = async () => /firefly_node_given_up\{node="game1"\} 1\n/.test((await cluster.get('/metrics?node=master')).text);
    assert.ok(await givenUp());
    assert.match((await cluster.get('/readyz')).text, /game1/);
    assert.equal((await operate(cluster, '/drain?node=game1')).state, 'done');
    assert.deepEqual(
      [(await nodeOf(cluster, 'game1')).state, (await cluster.get('/readyz')).status, await givenUp()],
      ['exited', 200, false],
    );
    const failed = await operate(cluster, '/start?node=game1');
    assert.match(failed.error ?? '', /^game1 was not ready: given up: it failed .*database is away; it is tried again now and then/);
    project.edit('app/database', '');
    await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).state === 'ready', 'game1 back', 30_000);
    assert.ok(!(await givenUp()));
    assert.equal((await cluster.get('/readyz')).status, 200);
  });

  it('ends the whole cluster with exit code 1 where the config says so', async () => {
    using project = supervised({
      game: failing(99, "throw new Error('no good');"),
      supervise: { intensity: 2, onGiveUp: 'stop' },
    });
    await using cluster = await startCluster(project.path('config.json'), { ready: [] });
    assert.equal(await cluster.whenExited(30_000), 1);
    assert.match(
      cluster.lines.join('\n'),
      /master FATAL the cluster stops, as supervise\.onGiveUp says: game1 was given up: it failed with exit code 1/,
    );
    assert.deepEqual(cluster.processes(), []);
  });
});

describe('a node that never gets ready', () => {
  it('ends after readyMs, names the hook that has not ended, and counts as failed', async () => {
    using project = supervised({ game: failing(1, 'onStart(() => new Promise(() => {}));'), supervise: { readyMs: 700 } });
    await using cluster = await startCluster(project.path('config.json'));
    const { exits, restarts } = await nodeOf(cluster, 'game1');
    assert.equal(restarts, 1);
    assert.match(
      exits[0]?.reason ?? '',
      /^failed with exit code 1: game1 cannot start: not ready within 700 ms \(supervise\.readyMs\): its onStart hook at .*app\/game\.ts:8 has not ended$/,
    );
    assert.equal(await cluster.stop(), 0);
  });

  it('since it waits for another is left waiting, and the other is the one that is told', async () => {
    using project = supervised({ supervise: { readyMs: 500 } });
    project.edit('app/gate.ts', "throw new Error('no gate');", { build: true });
    await using cluster = await startCluster(project.path('config.json'), { ready: [] });
    await cluster.waitForLine(/NOT ready: gate \((exited|starting)\), (game1|net)/, 30_000);
    await cluster.waitForLine(/game1 WARN waiting for gate, which is not there yet/);
    const game1 = await nodeOf(cluster, 'game1');
    assert.deepEqual([game1.state, game1.restarts], ['starting', 0]);
    assert.match((await nodeOf(cluster, 'gate')).exits[0]?.reason ?? '', /no gate$/);
    // Others link to it: it is never given up, however often it fails.
    await cluster.waitFor(async () => (await nodeOf(cluster, 'gate')).restarts > 6, 'more restarts than the intensity', 30_000);
    assert.notEqual((await nodeOf(cluster, 'gate')).state, 'failed');
    assert.equal(await cluster.stop(), 0);
  });

  it('since somebody took its port meanwhile says who, and is back when the port is free', async () => {
    using project = supervised();
    await using cluster = await startCluster(project.path('config.json'));
    const port = cluster.port(10000);
    const thief = createServer();
    await cluster.kill('gate', 'SIGKILL');
    const listens = () =>
      new Promise<boolean>((resolve) => {
        thief.once('error', () => resolve(false));
        thief.listen(port, '127.0.0.1', () => resolve(true));
      });
    await cluster.waitFor(listens, 'the port of the gate');
    const reason = new RegExp(
      `^failed with exit code 1: gate cannot start: root gate cannot listen on 127\\.0\\.0\\.1:${port}: the port is taken by process ${process.pid} \\(.*\\); stop it or change rootport$`,
    );
    await cluster.waitFor(async () => (await nodeOf(cluster, 'gate')).exits.some((exit) => reason.test(exit.reason)), 'the reason', 20_000);
    thief.close();
    await cluster.whenReady(['gate']);
    assert.equal(await cluster.stop(), 0);
  });
});
