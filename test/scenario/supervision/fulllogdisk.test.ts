/** A disk that is full for the logs costs lines, never a node: each says once that its file cannot be written. So does a file that cannot be opened. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmdirSync, symlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { parseMetrics } from '../../helpers/promtext';
import { runAlone } from '../../management/support';
import { killedAndBack, nodeOf, supervised } from './world';

const NODES = ['gate', 'net', 'game1', 'game2'];

/** Says a line for each request. */
const TALKING = `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
remoteserviceHandle('gate')(function answer() {
  GlobalObject().log?.info('somebody asked');
  return 'game';
});
`;

/** By node, whether its log gets into its file. */
async function writable(cluster: Cluster): Promise<Record<string, number>> {
  const family = parseMetrics((await cluster.get('/metrics')).text).get('firefly_log_file_writable');
  return Object.fromEntries(family?.samples.map(({ labels, value }) => [labels.node, value]) ?? []);
}

describe('a full disk for logs', () => {
  it('is said once by each process, and everything goes on: requests, a restart, the stop', async () => {
    using project = supervised({ game: TALKING });
    // Where every write fails for want of space.
    mkdirSync(project.path('logs'));
    for (const name of ['master', ...NODES]) symlinkSync('/dev/full', project.path(`logs/${name}.log`));
    const { servers, master } = project.config() as { servers: Record<string, object>; master: object };
    project.configure({
      master: { ...master, log: 'logs/master.log' },
      servers: Object.fromEntries(Object.entries(servers).map(([name, section]) => [name, { ...section, log: `logs/${name}.log` }])),
    });
    await using cluster = await startCluster(project.path('config.json'));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    for (let n = 0; n < 50; n++) assert.equal((await player.request(n % 2 ? 300 : 301)).text, 'game');
    const told = (name: string) =>
      cluster.lines.filter((line) => line.includes(`${name} ERROR log file cannot be written`) && line.includes('ENOSPC')).length;
    const asked = () => cluster.lines.filter((line) => line.includes('somebody asked')).length;
    await cluster.waitFor(() => asked() === 50, 'all lines on standard output');
    for (const name of NODES) assert.equal(told(name), 1, name);
    const exit = await killedAndBack(cluster, 'game1', () => cluster.kill('game1'));
    assert.match(exit.lastLines.join('\n'), /somebody asked/);
    await cluster.waitFor(async () => (await player.request(300)).text === 'game', 'an answer of the new game1');
    assert.equal(told('game1'), 2, 'once a process');
    assert.equal(told('master'), 1, 'it has had something to say by now');
    const { nodes, cluster: whole } = (await cluster.get('/status')).json() as {
      nodes: Record<string, { logTrouble: string }>;
      cluster: { logTrouble: string };
    };
    for (const { logTrouble } of [whole, ...Object.values(nodes)]) assert.match(logTrouble, /ENOSPC/);
    assert.deepEqual(await writable(cluster), Object.fromEntries(['master', ...NODES].map((name) => [name, 0])));
    player.close();
    assert.equal(await cluster.stop(), 0);
    assert.deepEqual(cluster.processes(), []);
  });
});

describe('a log file that cannot be opened', () => {
  it('ends no node: it is said, shown to who looks, and written as soon as it can be', async () => {
    using project = supervised({ game: TALKING });
    // As one that belongs to somebody else: opening it fails, also for root.
    mkdirSync(project.path('logs/game1.log'), { recursive: true });
    const { servers } = project.config() as { servers: Record<string, object> };
    project.configure({ servers: { ...servers, game1: { ...servers.game1, log: 'logs/game1.log' } } });
    await using cluster = await startCluster(project.path('config.json'));
    const firefly = async () => (await runAlone(['--config', project.path('config.json'), 'status'], cluster.environment)).out.join('\n');
    await cluster.waitForLine(/game1 ERROR log file cannot be written; .*EISDIR/);
    assert.match(await firefly(), /\nthe log file of game1 cannot be written, its lines are lost until it can: EISDIR/);
    assert.equal((await writable(cluster)).game1, 0);
    assert.equal((await nodeOf(cluster, 'game1')).restarts, 0);
    rmdirSync(project.path('logs/game1.log'));
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER });
    const isWritten = async () => {
      await player.request(300);
      return existsSync(project.path('logs/game1.log')) && readFileSync(project.path('logs/game1.log'), 'utf8').includes('somebody asked');
    };
    await cluster.waitFor(isWritten, 'lines in the file', 30_000);
    await cluster.waitForLine(/game1 WARN log file is written again; \d+ lines are not in it/);
    assert.equal((await writable(cluster)).game1, 1);
    assert.doesNotMatch(await firefly(), /log file/);
    player.close();
    assert.equal(await cluster.stop(), 0);
  });
});
