/** A disk that is full for the logs costs lines, never a node: each says once that its file cannot be written. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, it } from 'node:test';
import { connectClient, ZERO_HEADER } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { killedAndBack, supervised } from './world';

const NODES = ['gate', 'net', 'game1', 'game2'];

/** Says a line for each request. */
const TALKING = `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
remoteserviceHandle('gate')(function answer() {
  GlobalObject().log?.info('somebody asked');
  return 'game';
});
`;

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
    player.close();
    assert.equal(await cluster.stop(), 0);
    assert.deepEqual(cluster.processes(), []);
  });
});
