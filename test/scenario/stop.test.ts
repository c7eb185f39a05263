/** The end of a cluster: in order, awaited, with a deadline, and with no process left, whatever goes wrong meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { processesWith } from '../../tools/lib/processes';
import { waitFor } from '../../tools/lib/wait';
import { ByHand } from '../helpers/byhand';
import { type NodeStatus, startCluster } from '../helpers/cluster';
import { claimPorts } from '../helpers/ports';
import { Project, twoGames } from '../helpers/project';

/** Two game nodes whose module is given; game1 and game2 tell themselves apart by `name`. */
function games(game: string, shutdownMs = 10_000): Project {
  const project = twoGames({
    'app/game.ts': `
import { GlobalObject, onStart } from 'firefly-ts';
const name = process.argv[2];
const log = (text: string) => GlobalObject().log?.info(text);
${game}
`,
  });
  project.configure({ supervise: { shutdownMs } });
  return project;
}

const count = (cluster: { lines: readonly string[] }, pattern: RegExp) => cluster.lines.filter((line) => pattern.test(line)).length;

describe('a stop handler', () => {
  it('that throws, and one that never ends, hold nobody up', async () => {
    using project = games(
      `GlobalObject().stophandler = () => { if (name === 'game1') throw new Error('cannot save'); return new Promise(() => {}); };
export { log, onStart };`,
      1_000,
    );
    await using cluster = await startCluster(project.path('config.json'));
    assert.equal(await cluster.stop(), 0);
    assert.equal(count(cluster, /game1 ERROR stopping: the stop handler failed; going on/), 1);
    assert.equal(count(cluster, /Error: cannot save/), 1);
    assert.equal(count(cluster, /game2 ERROR stopping: the stop handler did not end within \d+ ms; going on without it/), 1);
    assert.equal(count(cluster, /(net|gate|game1|game2) stopped$/), 4, 'each by itself');
    assert.equal(count(cluster, /is killed/), 0);
    assert.deepEqual(cluster.processes(), []);
  });

  it('is awaited, and a second /stop or a SIGTERM changes nothing', async () => {
    using project =
      games(`GlobalObject().stophandler = async () => { await new Promise((go) => setTimeout(go, 300)); log(name + ' saved'); };
export { onStart };`);
    await using cluster = await startCluster(project.path('config.json'));
    await cluster.get('/stop');
    await cluster.waitForLine(/game1 stopping/);
    await cluster.get('/stop');
    process.kill(cluster.pid, 'SIGTERM');
    assert.equal(await cluster.whenExited(), 0);
    assert.equal(count(cluster, /game[12] saved/), 2);
    assert.equal(count(cluster, /master stopping the cluster/), 1);
    assert.deepEqual(cluster.processes(), []);
  });

  it('can still write: dbfront comes back when it dies meanwhile', async () => {
    using project = new Project({
      'config.json': JSON.stringify({
        master: { rootport: 9999, webport: 9998 },
        servers: { dbfront: { db: true, mem: true, app: 'app.quiet' }, game: { db: true, mem: true, app: 'app.game' } },
        db: { engine: 'sqlite' },
        memcached: { embedded: true },
      }),
      'app/quiet.ts': 'export {};',
      'app/game.ts': `
import { db, GlobalObject } from 'firefly-ts';
const log = GlobalObject().log;
const isSaved = () => db.query('SELECT 1').then(() => true, () => false);
GlobalObject().stophandler = async () => {
  while (await isSaved()) await new Promise((go) => setTimeout(go, 10));
  log?.info('the writer is away');
  while (!(await isSaved())) await new Promise((go) => setTimeout(go, 10));
  log?.info('saved all');
};
`,
    });
    await using cluster = await startCluster(project.path('config.json'));
    await cluster.get('/stop');
    await cluster.waitForLine(/game stopping/);
    await cluster.kill('dbfront');
    await cluster.waitForLine(/game the writer is away/);
    assert.equal(await cluster.whenExited(), 0);
    assert.equal(count(cluster, /game saved all/), 1, cluster.lines.join('\n'));
    assert.equal(count(cluster, /dbfront stopped$/), 1);
    assert.deepEqual(cluster.processes(), []);
  });
});

describe('the stop of a cluster', () => {
  it('reaches a node that is still starting, and starts no other', async () => {
    using project = games(`if (name === 'game1') onStart(() => { log('is starting'); return new Promise(() => {}); });`, 800);
    await using cluster = await startCluster(project.path('config.json'), { ready: ['game2'] });
    await cluster.waitForLine(/game1 is starting/);
    assert.equal((await cluster.status()).nodes.game1?.state, 'starting');
    assert.equal(await cluster.stop(), 0);
    assert.equal(count(cluster, /game1 ERROR stopping: the start did not end within \d+ ms/), 1);
    assert.equal(count(cluster, /cannot start|net linked|NOT ready/), 0);
    assert.deepEqual(cluster.processes(), []);
  });

  it('kills a node that is frozen, and says so', async () => {
    using project = games('export { log, onStart };', 500);
    await using cluster = await startCluster(project.path('config.json'));
    await cluster.kill('game1', 'SIGSTOP');
    assert.equal(await cluster.stop(), 0);
    assert.equal(count(cluster, /master ERROR game1 did not stop in time and is killed/), 1);
    assert.equal(count(cluster, /gate stopped$/), 1);
    assert.deepEqual(cluster.processes(), []);
  });

  it('is short when Ctrl-C comes a second time', async () => {
    using project = games(`GlobalObject().stophandler = () => new Promise(() => {});
export { log, onStart };`);
    await using cluster = await startCluster(project.path('config.json'));
    process.kill(cluster.pid, 'SIGINT');
    await cluster.waitForLine(/game1 stopping/);
    process.kill(cluster.pid, 'SIGINT');
    assert.equal(await cluster.whenExited(1_000), 130);
    await waitFor(() => cluster.processes().length === 0, 'end of all nodes', 1_000);
  });
});

describe('a boot that is cut short', () => {
  const cut = async (signal: NodeJS.Signals, when: (boot: ByHand) => Promise<unknown>): Promise<number | NodeJS.Signals> => {
    using project = games('export { log, onStart };');
    await using ports = await claimPorts([9998, 9999, 10000, 10001]);
    const dataDir = project.path('data');
    const env = { FIREFLY_PORT_OFFSET: String(ports.offset), FIREFLY_DATA_DIR: dataDir };
    await using boot = new ByHand(['startmaster.js', '--config', project.path('config.json')], env);
    await when(boot);
    boot.process.kill(signal);
    const exit = await boot.ended();
    await waitFor(() => processesWith('FIREFLY_DATA_DIR', dataDir).length === 0, `end of all nodes;\n${boot.lines.join('\n')}`);
    assert.doesNotMatch(boot.lines.join('\n'), /cannot start|ERROR|FATAL/);
    return exit;
  };
  const linked = (name: string) => (boot: ByHand) => boot.waitForLine(new RegExp(`${name} linked to master`));
  const moments = [linked('gate'), linked('net'), () => delay(250), () => delay(500)];

  it('by SIGTERM ends in order and leaves no process, whenever it comes', async () => {
    // The first moments of a process belong to Node: nothing was started then.
    for (const moment of moments) assert.ok([0, 'SIGTERM'].includes(await cut('SIGTERM', moment)));
  });

  it('by the death of the master leaves no process, whenever it comes', async () => {
    for (const moment of moments) assert.equal(await cut('SIGKILL', moment), 'SIGKILL');
  });
});

describe('a node that cannot start', () => {
  const failing = async (game: string, reason: RegExp): Promise<void> => {
    using project = games(game);
    project.configure({ supervise: { intensity: 2, onGiveUp: 'leave' }, limits: { redialMaxMs: 400 } });
    await using cluster = await startCluster(project.path('config.json'), { ready: ['gate'] });
    await cluster.waitForLine(
      /game1, process \d+, failed with exit code 1: game1 cannot start: .* no good; it is given up after 2 restarts; mend the cause and start it/,
    );
    await cluster.waitForLine(/after \d\.\d s NOT ready: game1 \(failed\), game2 \(failed\); \/status has the reasons/);
    assert.equal(count(cluster, reason), 3, 'once a try');
    assert.equal(count(cluster, /game1, process \d+, failed with exit code 1: .* no good; it is started again in \d+ ms/), 2);
    const { exits, restarts } = (await cluster.status()).nodes.game1 as NodeStatus & { exits: { code: number; lastLines: string[] }[] };
    assert.deepEqual([exits.length, restarts], [3, 2]);
    assert.match(exits.at(-1)?.lastLines.join('\n') ?? '', /game1 cannot start: .*app\/game\.ts:\d+: Error: no good/);
    assert.equal(await cluster.stop(), 0);
  };

  it('since its module throws says where, once a try', async () => {
    await failing(
      "export { log, onStart };\nthrow new Error('no good');",
      /game1 FATAL game1 cannot start: .*app\/game\.ts:6: Error: no good/,
    );
  });

  it('since its onStart rejects says where, once a try', async () => {
    await failing(
      "onStart(async () => { throw new Error('no good'); });\nexport { log };",
      /game1 FATAL game1 cannot start: .*app\/game\.ts:5: Error: no good/,
    );
  });
});
