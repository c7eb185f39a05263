/** One of two gates is away, drained by the operator or dead: what starts meanwhile does its work with the other one, and is given nothing before it is ready. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { waitFor } from '../../../tools/lib/wait';
import { Run } from '../../../tools/rolling/run';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { startCluster } from '../../helpers/cluster';
import { operate } from '../../helpers/operations';
import { Project } from '../../helpers/project';
import { nodeOf } from '../supervision/world';

/** The machine may be busy. */
const PATIENT_MS = 60_000;

/** As config.cluster.json, without stores. A game node whose folder has `slow` waits in its start until it has `go` as well. */
function project(): Project {
  const remoteport = ['gate1', 'gate2'].map((rootname) => ({ rootname }));
  return new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        gate1: { rootport: 10000, app: 'app.gate' },
        gate2: { rootport: 10002, app: 'app.gate' },
        net: { netport: 10001, remoteport, app: 'app.net' },
        game1: { remoteport, app: 'app.game' },
        game2: { remoteport, app: 'app.game' },
      },
      limits: { redialMaxMs: 300 },
      supervise: { readyMs: 120_000 },
    }),
    'app/net.ts': `
import { GlobalObject, netserviceHandle, rootOf } from 'firefly-ts';
const front = GlobalObject().netfactory;
if (front) front.errorEncoder = (error) => 'failed: ' + (error as Error).message;
netserviceHandle('*', (command: number, conn: never) => rootOf<any>(conn).call('pass', command));
`,
    'app/gate.ts': `
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
let turn = 0;
rootserviceHandle(function pass() {
  const { childsmanager } = GlobalObject().root!;
  const nodes = childsmanager.choosable().filter((name) => name.startsWith('game'));
  const node = nodes[turn++ % nodes.length];
  return node === undefined ? 'nobody' : childsmanager.callChild(node, 'answer');
});
`,
    'app/game.ts': `
import { existsSync, writeFileSync } from 'node:fs';
import { onStart, remoteserviceHandle } from 'firefly-ts';
let isStarted = false;
onStart(async () => {
  if (existsSync(__dirname + '/slow')) writeFileSync(__dirname + '/waits', '');
  while (existsSync(__dirname + '/slow') && !existsSync(__dirname + '/go')) await new Promise((resolve) => setTimeout(resolve, 20));
  isStarted = true;
});
for (const gate of ['gate1', 'gate2']) {
  remoteserviceHandle(gate)(function answer() {
    if (!isStarted) throw new Error('this node is not ready');
    return String(process.argv[2]);
  });
}
`,
  });
}

/** Asks until everybody who is expected has answered. @returns all answers */
async function answersOf(client: GameClient, whom: readonly string[]): Promise<Set<string>> {
  const answers = new Set<string>();
  const areThere = async () => {
    answers.add((await client.request(300)).text);
    return whom.every((name) => answers.has(name));
  };
  await waitFor(areThere, () => `answers of ${whom.join(', ')}; came: ${[...answers].join(', ')}`, PATIENT_MS);
  return answers;
}

describe('a cluster one of whose two gates is drained', () => {
  it('has a game node that dies back at the other gate, and gives it nothing before it is ready', async () => {
    using files = project();
    await using cluster = await startCluster(files.path('config.json'));
    assert.equal((await operate(cluster, '/drain?node=gate2')).state, 'done');
    assert.equal((await cluster.get('/readyz')).status, 200, 'nobody misses what was drained');
    assert.match((await cluster.get('/metrics?node=master')).text, /firefly_node_wanted\{node="gate2"\} 0\n/);
    await using client = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER, deadlineMs: 60_000 });
    await answersOf(client, ['game1', 'game2']);
    writeFileSync(files.path('app/slow'), '');
    const pid = await cluster.kill('game1');
    const linked = () => existsSync(files.path('app/waits'));
    const meanwhile = new Set<string>();
    await cluster.waitFor(
      async () => {
        meanwhile.add((await client.request(300)).text);
        return linked();
      },
      'game1 in its start',
      PATIENT_MS,
    );
    for (let n = 0; n < 50; n++) meanwhile.add((await client.request(300)).text);
    writeFileSync(files.path('app/go'), '');
    await cluster.whenReady(['game1']);
    assert.notEqual((await nodeOf(cluster, 'game1')).pid, pid);
    for (const answer of await answersOf(client, ['game1', 'game2'])) meanwhile.add(answer);
    // What was under way at the moment of the kill ends with it.
    assert.deepEqual(
      [...meanwhile].filter((answer) => !/^game\d$|^failed: game1 is down/.test(answer)),
      [],
    );
  });

  it('has nothing restarted by a restart of all while a node would wait for a gate that should be there, and says what to do', async () => {
    using files = project();
    const { servers } = files.config() as { servers: Record<string, object> };
    files.configure({ servers: { ...servers, gate2: { ...servers.gate2, restart: 'temporary' } } });
    await using cluster = await startCluster(files.path('config.json'));
    const { pid } = await nodeOf(cluster, 'gate1');
    await cluster.kill('gate2');
    await cluster.waitFor(async () => (await nodeOf(cluster, 'gate2')).state === 'exited', 'end of gate2', PATIENT_MS);
    assert.match((await cluster.get('/readyz')).text, /gate2/);
    const operation = await operate(cluster, '/restart?node=all');
    assert.match(
      operation.error ?? '',
      /^gate2, which links with \w+, is not ready \(it was killed by SIGKILL\); nothing was changed: start it with "firefly resume gate2"$/,
    );
    assert.match(operation.lines.join('\n'), /gate2 is left out: it was killed by SIGKILL; start it with "firefly resume gate2"/);
    assert.equal((await nodeOf(cluster, 'gate1')).pid, pid);
  });

  it('lets every node be restarted, and a gate that comes back is linked by all', async () => {
    using files = project();
    await using cluster = await startCluster(files.path('config.json'));
    assert.equal((await operate(cluster, '/drain?node=gate1')).state, 'done');
    const operation = await operate(cluster, '/restart?node=all');
    assert.equal(operation.state, 'done', operation.lines.join('\n'));
    assert.deepEqual(operation.nodes, ['gate2', 'game1', 'game2', 'net']);
    assert.match(operation.lines.join('\n'), /gate1 is left out: it was drained; start it with "firefly resume gate1"/);
    assert.equal((await operate(cluster, '/start?node=gate1')).state, 'done');
    await cluster.waitFor(
      async () => {
        const { children = [] } = await nodeOf(cluster, 'gate1');
        return ['game1', 'game2', 'net'].every((name) => children.includes(name));
      },
      'all nodes at gate1',
      PATIENT_MS,
    );
  });
});

describe('the sample game, one of whose two gates is drained', () => {
  it('plays on while a game node dies and comes back: players are asked to try again, and nothing else goes wrong', async () => {
    await using run = await Run.start({
      config: 'config.cluster.json',
      clients: 20,
      requests: 0,
      perSecond: 200,
      rounds: 1,
      limits: { holdMs: 30_000, rpcDeadlineMs: 60_000 },
      work: async (run) => {
        const { cluster } = run;
        await run.operate('/drain?node=gate2');
        await cluster.kill('game1');
        await cluster.waitFor(async () => (await nodeOf(cluster, 'game1')).restarts === 1, 'restart of game1', PATIENT_MS);
        await cluster.whenReady(['game1']);
      },
    });
    const { tally } = await run.play();
    assert.equal(tally.sent, tally.answered);
    assert.equal(tally.connectionsBroken, 0);
    assert.deepEqual(
      [...tally.failures.keys()].filter((failure) => !failure.endsWith(`: ${en.unavailable}`)),
      [],
    );
    assert.deepEqual(
      run.cluster.lines.filter((line) => /a request failed|no stores yet/.test(line)),
      [],
    );
  });
});
