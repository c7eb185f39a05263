/** The master dies in the middle of an operation: what is held goes on where it can, and the next master ends what is left. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { waitFor } from '../../../tools/lib/wait';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { begin, ended, whenAt } from '../../helpers/operations';
import { Project } from '../../helpers/project';
import { masterDies, NextMaster } from '../supervision/nextmaster';
import { NET } from './passing';

/** As in operations.test.ts: 402 is never answered, and so keeps a hold in its beginning. */
function project(withoutMaster: 'serve' | 'stop', limits: Readonly<Record<string, number>> = {}): Project {
  const supervise = { withoutMaster };
  const leaf = { remoteport: [{ rootport: 10000, rootname: 'gate' }], supervise };
  return new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        gate: { rootport: 10000, app: 'app.gate', supervise },
        net: { netport: 10001, ...leaf, app: 'app.net' },
        game1: { ...leaf, app: 'app.game' },
        game2: { ...leaf, app: 'app.game', log: 'game2.log' },
      },
      limits: { redialMaxMs: 300, holdMs: 30_000, rpcDeadlineMs: 60_000, ...limits },
    }),
    'app/net.ts': NET,
    'app/gate.ts': `
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
rootserviceHandle(function pass(command: number) {
  if (command === 101) return GlobalObject().root?.childsmanager.choosable().filter((name) => name.startsWith('game')).sort().join();
  return command === 100 ? 'gate' : GlobalObject().root?.callChild(command < 300 ? 'game2' : 'game1', 'answer', command);
});
const { root } = GlobalObject();
// Somebody plays there, and goes nowhere.
if (root) root.doChildDrain = async ({ name }, { forGood, signal, report }) => {
  if (!name.startsWith('game')) return;
  report(1);
  if (forGood) await new Promise((resolve) => signal.addEventListener('abort', resolve));
};
rootserviceHandle(function never() { return new Promise(() => {}); });
rootserviceHandle(function save(who: string) {
  writeFileSync(join(__dirname, 'saved ' + who), '');
  return true;
});
`,
    'app/game.ts': `
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { every, GlobalObject, onStart, remoteserviceHandle } from 'firefly-ts';
import { setTimeout as delay } from 'node:timers/promises';
onStart(async () => { while (existsSync(join(__dirname, 'wait'))) await delay(20); });
const { gate } = GlobalObject().remote;
every(5, () => { if (gate?.isReturning) writeFileSync(join(__dirname, 'held by ' + process.pid), ''); });
remoteserviceHandle('gate')(function answer(command: number) {
  if (command === 201) void gate?.callRemote('never').catch(() => {});
  if (command === 402) return new Promise(() => {});
  return String(process.pid);
});
GlobalObject().stophandler = () => gate?.callRemote('save', String(process.pid));
`,
  });
}

const connect = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER, deadlineMs: 60_000 });

/** Of the nodes that run: what an operation prepared and did not need would be one more. */
async function runsAlone(cluster: Cluster, next: NextMaster): Promise<void> {
  const nodes = Object.values(await next.nodes());
  assert.ok(nodes.every(({ state }) => state === 'ready'));
  const all = [next.pid, ...nodes.map(({ pid }) => pid)].sort();
  await waitFor(() => cluster.processes().length === all.length, `end of what is too much: ${all} and ${cluster.processes()}`, 20_000);
  assert.deepEqual([...cluster.processes()].sort(), all);
}

async function beginUntil(cluster: Cluster, path: string, step: RegExp): Promise<void> {
  await begin(cluster, path);
  await whenAt(cluster, step);
}

describe('a master that dies in an operation', () => {
  it('leaves no hold behind: calls to a node that is there go on', async () => {
    using files = project('serve');
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    client.send(402);
    const pid = (await client.request(300)).text;
    await beginUntil(cluster, '/restart?node=game1', /held/);
    await masterDies(cluster);
    assert.equal((await client.request(300)).text, pid);
  });

  it('leaves no hold behind for what nodes save when they stop with it', async () => {
    using files = project('stop');
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    // It does not settle, so that its hold has begun long before the gate is told to stop.
    const game2 = (await client.request(201)).text;
    await beginUntil(cluster, '/restart?node=gate', /held/);
    await cluster.waitFor(() => existsSync(files.path(`app/held by ${game2}`)), 'the hold of game2');
    process.kill(cluster.pid, 'SIGKILL');
    await waitFor(() => cluster.processes().length === 0, 'end of all nodes', 60_000);
    assert.ok(existsSync(files.path(`app/saved ${game2}`)), 'what game2 saved when it stopped');
    const log = readFileSync(files.path('game2.log'), 'utf8');
    assert.match(log, /stopped/);
    assert.doesNotMatch(log, /did not end within/);
  });

  it('leaves no node closed: a net node that was to leave takes new clients again when the next master is there', async () => {
    using files = project('serve');
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    const pid = (await client.request(200)).text;
    await beginUntil(cluster, '/drain?node=net&deadlineMs=60000', /1 left with net/);
    await assert.rejects(connect(cluster));
    await masterDies(cluster);
    await using next = new NextMaster(cluster, files);
    await next.waitForLine(/firefly-ts: 5 processes/, 60_000);
    const isOpen = () =>
      connect(cluster).then(
        (other) => other.close().then(() => true),
        () => false,
      );
    await waitFor(isOpen, 'new clients', 20_000);
    assert.equal((await client.request(200)).text, pid, 'the client that was there all the time');
    await next.stop();
  });

  it('loses no request and no client when the old process is gone and the new one is not there yet', async () => {
    using files = project('serve', { holdMs: 120_000, rpcDeadlineMs: 120_000 });
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    const pid = (await client.request(300)).text;
    files.edit('app/wait', '');
    await beginUntil(cluster, '/restart?node=game1', /game1 starts/);
    const held = client.request(300, '', 120_000);
    await masterDies(cluster);
    await using next = new NextMaster(cluster, files);
    await next.waitForLine(/game1 runs already/, 60_000);
    rmSync(files.path('app/wait'));
    await next.waitForLine(/firefly-ts: 5 processes/, 60_000);
    const now = (await held).text;
    assert.match(now, /^\d+$/);
    assert.notEqual(now, pid);
    assert.equal((await client.request(300)).text, now);
    await runsAlone(cluster, next);
    await next.stop();
  });

  it('leaves no process behind that was to take over, and no hold and no drain that the next master knows nothing of', async () => {
    using files = project('serve');
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    client.send(402);
    const pid = (await client.request(300)).text;
    await beginUntil(cluster, '/restart?node=game1', /held/);
    await masterDies(cluster);
    await using next = new NextMaster(cluster, files);
    await next.waitForLine(/firefly-ts: 5 processes/, 60_000);
    await waitFor(async () => (await client.request(101)).text === 'game1,game2', 'both game nodes in service', 20_000);
    assert.equal((await client.request(300)).text, pid);
    await runsAlone(cluster, next);
    await next.stop();
  });

  it('puts no node out of service: one that was to leave gets something to do again, and one that had left is started', async () => {
    using files = project('serve');
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    const pid = (await client.request(300)).text;
    await begin(cluster, '/drain?node=game2&deadlineMs=1');
    assert.equal((await ended(cluster)).state, 'done');
    await beginUntil(cluster, '/drain?node=game1&deadlineMs=60000', /1 left with game1/);
    assert.equal((await client.request(101)).text, '');
    await masterDies(cluster);
    await using next = new NextMaster(cluster, files);
    await next.waitForLine(/firefly-ts: 5 processes/, 60_000);
    await waitFor(async () => (await client.request(101)).text === 'game1,game2', 'both game nodes in service', 20_000);
    assert.equal((await client.request(300)).text, pid);
    assert.match((await client.request(200)).text, /^\d+$/);
    await next.stop();
  });
});
