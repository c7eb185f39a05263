/** What an operator asks of one node, and what may go wrong with it: each has its answer, and nothing stays held. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ByHand } from '../../helpers/byhand';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, type NodeStatus, startCluster } from '../../helpers/cluster';
import { begin, ended, newest, operate, whenAt } from '../../helpers/operations';
import { Project } from '../../helpers/project';
import { NET } from './passing';

interface Shown extends NodeStatus {
  readonly exits: readonly { readonly pid: number; readonly reason: string }[];
}

const GAME = `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
let hangs = false;
let slow = (_answer: string) => {};
remoteserviceHandle('gate')(function answer(command: number) {
  if (command === 402) return new Promise(() => {});
  if (command === 403) hangs = true;
  if (command === 404) return new Promise((resolve) => { slow = resolve; });
  if (command === 405) slow(String(process.pid));
  return String(process.pid);
});
GlobalObject().stophandler = () => (hangs ? new Promise(() => {}) : undefined);
`;

/** A net node, a gate and two game nodes, without stores; commands 300 and up go to game1, and 200 to 299 to game2. */
function project(limits: Readonly<Record<string, number>> = {}): Project {
  const leaf = { remoteport: [{ rootport: 10000, rootname: 'gate' }] };
  return new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        gate: { rootport: 10000, app: 'app.gate' },
        net: { netport: 10001, ...leaf, app: 'app.net' },
        game1: { ...leaf, app: 'app.game', supervise: { shutdownMs: 2_000, intensity: 3 } },
        game2: { ...leaf, app: 'app.game', restart: 'temporary' },
      },
      limits: { redialMaxMs: 300, holdMs: 30_000, rpcDeadlineMs: 60_000, ...limits },
    }),
    'app/net.ts': NET,
    'app/gate.ts': `
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
rootserviceHandle(function pass(command: number) {
  return command === 100 ? 'gate' : GlobalObject().root?.callChild(command < 300 ? 'game2' : 'game1', 'answer', command);
});
`,
    'app/game.ts': GAME,
  });
}

const nodeOf = async (cluster: Cluster, name: string) => (await cluster.status()).nodes[name] as Shown;
const connect = (cluster: Cluster) => connectClient({ port: cluster.port(10001), header: ZERO_HEADER, deadlineMs: 60_000 });
const textOf = async (client: GameClient, command: number) => (await client.request(command)).text;

describe('an operation', () => {
  let files: Project;
  let cluster: Cluster;
  let client: GameClient;
  before(async () => {
    files = project();
    cluster = await startCluster(files.path('config.json'));
    client = await connect(cluster);
  });
  after(async () => {
    await client?.close();
    await cluster?.[Symbol.asyncDispose]();
    files[Symbol.dispose]();
  });

  it('is refused with its reason: no such node, no node at all, a wrong deadline, nothing to drain', async () => {
    assert.equal(await (await cluster.get('/operation')).json(), null);
    for (const [path, status, why] of [
      ['/restart?node=game9', 404, /no node game9; the nodes are gate, net, game1, game2/],
      ['/start?node=constructor', 404, /no node constructor/],
      ['/drain', 400, /\?node=NAME/],
      ['/drain?node=game1&deadlineMs=soon', 400, /deadlineMs/],
    ] as const) {
      const answer = await cluster.post(path);
      assert.equal(answer.status, status, path);
      assert.match(answer.text, why);
    }
    assert.equal((await cluster.get('/restart?node=game1')).status, 405, 'GET changes nothing');
  });

  it('restarts a node: another process, which the restart policy does not count, and no request lost', async () => {
    const pid = await textOf(client, 300);
    const begun = await begin(cluster, '/restart?node=game1');
    assert.deepEqual([begun.kind, begun.nodes, begun.state, begun.total], ['restart', ['game1'], 'running', 1]);
    const answers: string[] = [];
    while ((await newest(cluster)).state === 'running') answers.push(await textOf(client, 300));
    const operation = await newest(cluster);
    assert.equal(operation.state, 'done', operation.lines.join('\n'));
    assert.equal(operation.done, 1);
    assert.match(operation.lines.join('\n'), /game1, process \d+, is ready/);
    const now = await textOf(client, 300);
    assert.notEqual(now, pid);
    for (const answer of answers) assert.ok(answer === pid || answer === now, answer);
    const node = await nodeOf(cluster, 'game1');
    assert.equal(node.restarts, 0);
    assert.equal(node.exits.at(-1)?.reason, 'was restarted by the operator');
    assert.deepEqual((await cluster.status()).cluster.operation, operation);
  });

  it('lets a busy node answer what it has, and what was held, before it is restarted', async () => {
    const pid = await textOf(client, 300);
    const slow = textOf(client, 404);
    await begin(cluster, '/restart?node=game1');
    await whenAt(cluster, /held/);
    const held = textOf(client, 300);
    await cluster.waitFor(async () => /all go on/.test((await newest(cluster)).lines.join()), 'second try', 30_000);
    // Only when this one comes through the first is answered.
    const freed = await textOf(client, 405);
    assert.deepEqual([await slow, await held, freed], [pid, pid, pid]);
    const { state, lines } = await ended(cluster);
    assert.equal(state, 'done', lines.join('\n'));
    assert.match(lines.join('\n'), /1 calls have no answer of game1 yet: all go on for a while, and hold again/);
    assert.doesNotMatch(lines.join('\n'), /cut off/);
    assert.notEqual(await textOf(client, 300), pid);
  });

  it('cuts off what never ends, and says so', async () => {
    const pid = await textOf(client, 300);
    const endless = textOf(client, 402);
    const { state, lines } = await operate(cluster, '/restart?node=game1');
    assert.equal(state, 'done', lines.join('\n'));
    assert.match(lines.join('\n'), /calls have no answer of game1 yet and are cut off/);
    assert.match(await endless, /^failed: /);
    assert.notEqual(await textOf(client, 300), pid);
  });

  it('is one at a time', async () => {
    await begin(cluster, '/restart?node=game1');
    const second = await cluster.post('/restart?node=game2');
    assert.equal(second.status, 409);
    assert.match(second.text, /a restart of game1 is under way/);
    assert.equal((await cluster.get('/reload')).status, 409);
    assert.equal((await ended(cluster)).state, 'done');
  });

  it('restarts all nodes that run, one after the other', async () => {
    const before = (await cluster.status()).nodes;
    const operation = await operate(cluster, '/restart?node=all');
    assert.equal(operation.state, 'done', operation.lines.join('\n'));
    assert.deepEqual(operation.nodes, ['gate', 'game1', 'game2', 'net']);
    const after = (await cluster.status()).nodes;
    for (const name of operation.nodes) assert.notEqual(after[name]?.pid, before[name]?.pid, name);
    await client.closed;
    client = await connect(cluster);
    assert.match(await textOf(client, 300), /^\d+$/);
  });

  it('starts a node that has ended and that its policy leaves alone, by start and by restart', async () => {
    for (const how of ['start', 'restart']) {
      await cluster.kill('game2');
      await cluster.waitFor(async () => (await nodeOf(cluster, 'game2')).state === 'exited', 'end of game2');
      assert.equal((await operate(cluster, `/${how}?node=game2`)).state, 'done');
      assert.match(await textOf(client, 200), /^\d+$/);
    }
    const again = await operate(cluster, '/start?node=game2');
    assert.match(again.lines.join('\n'), /game2 runs already, process \d+$/, 'and nothing else');
    assert.equal(again.lines.length, 1);
  });

  it('goes on when the node dies in the middle', async () => {
    // An answer that never comes keeps the restart waiting for a while.
    client.send(402);
    const pid = Number(await textOf(client, 300));
    await begin(cluster, '/restart?node=game1');
    await whenAt(cluster, /held/);
    process.kill(pid, 'SIGKILL');
    const held = textOf(client, 300);
    assert.equal((await ended(cluster)).state, 'done');
    assert.match(await held, /^\d+$/);
  });

  it('kills a node whose stop handler never ends, and one that stands still', async () => {
    await textOf(client, 403);
    const hanging = await operate(cluster, '/restart?node=game1');
    assert.equal(hanging.state, 'done');
    assert.match(await textOf(client, 300), /^\d+$/);
    const pid = Number(await textOf(client, 300));
    process.kill(pid, 'SIGSTOP');
    const frozen = await operate(cluster, '/restart?node=game1');
    assert.equal(frozen.state, 'done', frozen.lines.join('\n'));
    assert.match(frozen.lines.join('\n'), /game1 did not stop within 2000 ms and is killed|has ended by itself/);
    assert.match(await textOf(client, 300), /^\d+$/);
  });

  it('is refused when a module of the game does not load: file and line are named, and the node serves on', async () => {
    const pid = await textOf(client, 300);
    files.edit('app/game.ts', `${GAME}\nthrow new Error('half a build');`, { build: true });
    const refused = await operate(cluster, '/restart?node=game1');
    files.edit('app/game.ts', GAME, { build: true });
    assert.equal(refused.state, 'failed');
    assert.match(
      refused.error ?? '',
      /^the next process of game1 cannot load: it failed with exit code 1: game1 cannot start: .*app\/game\.ts:\d+: Error: half a build; nothing was changed$/,
    );
    assert.equal(await textOf(client, 300), pid);
    assert.deepEqual(
      [(await nodeOf(cluster, 'game1')).state, (await nodeOf(cluster, 'game1')).exits.at(-1)?.reason.includes('build')],
      ['ready', false],
    );
  });

  it('is given up when the code does not start: the calls end with a failure, the node is given up, and a start brings it back', async () => {
    const broken = "import { onStart } from 'firefly-ts';\nonStart(() => { throw new Error('the new code is broken'); });";
    files.edit('app/game.ts', `${GAME}\n${broken}`, { build: true });
    const failed = await operate(cluster, '/restart?node=game1');
    assert.equal(failed.state, 'failed');
    assert.match(
      failed.error ?? '',
      /^game1 was not ready: given up: it failed with exit code 1: .*the new code is broken.*; start it with "firefly resume game1"$/,
    );
    assert.equal(await textOf(client, 300), 'failed: RemoteError');
    files.edit('app/game.ts', GAME, { build: true });
    assert.equal((await operate(cluster, '/start?node=game1')).state, 'done');
    assert.match(await textOf(client, 300), /^\d+$/);
  });
});

describe('a restart', () => {
  it('changes nothing when a node that links with it does not answer', async () => {
    using files = project();
    await using cluster = await startCluster(files.path('config.json'));
    const { pid } = await nodeOf(cluster, 'game1');
    const gate = await cluster.kill('gate', 'SIGSTOP');
    const operation = await operate(cluster, '/restart?node=game1');
    process.kill(gate, 'SIGCONT');
    assert.equal(operation.state, 'failed');
    assert.match(operation.error ?? '', /gate, which links with game1, (does not answer|is not ready \(.*\)); nothing was changed/);
    assert.equal((await nodeOf(cluster, 'game1')).pid, pid);
  });

  it('ends calls that waited too long, surely not executed, and says so', async () => {
    using files = project({ holdMs: 1 });
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    await begin(cluster, '/restart?node=game1');
    const answers = new Set<string>();
    while ((await newest(cluster)).state === 'running') answers.add(await textOf(client, 300));
    const operation = await newest(cluster);
    assert.equal(operation.state, 'failed');
    assert.match(operation.error ?? '', /game1 is back, but too late for \d+ calls \(limit holdMs = 1\)/);
    assert.ok(answers.has('failed: RemoteError'), [...answers].join());
    assert.match(await textOf(client, 300), /^\d+$/);
  });

  it('is called off by a stop of the cluster, which ends in order', async () => {
    using files = project();
    await using cluster = await startCluster(files.path('config.json'));
    await using client = await connect(cluster);
    client.send(402);
    await textOf(client, 300);
    await begin(cluster, '/restart?node=game1');
    await whenAt(cluster, /held/);
    assert.equal(await cluster.stop(60_000), 0);
    assert.deepEqual(cluster.processes(), []);
    assert.ok(cluster.lines.some((line) => /restart of game1: failed: the cluster stops/.test(line)));
  });

  it('is refused for a node that somebody started by hand', async () => {
    using files = project();
    await using cluster = await startCluster(files.path('config.json'), { args: ['master'], ready: [] });
    await using node = new ByHand(['appmain.js', 'gate', files.path('config.json')], cluster.environment);
    await node.waitForLine(/ready/, 60_000);
    const operation = await operate(cluster, '/restart?node=gate');
    assert.match(operation.error ?? '', /gate, process \d+, was started by hand: restart it where it was started/);
  });

  it('and a start are refused for a node that others start and that is not there', async () => {
    using files = project();
    const { servers } = files.config() as { servers: Record<string, object> };
    files.configure({ servers: { ...servers, game2: { ...servers.game2, supervise: { start: 'hand' } } } });
    await using cluster = await startCluster(files.path('config.json'), { ready: ['gate', 'net', 'game1'] });
    for (const path of ['/start?node=game2', '/restart?node=game2']) {
      const { status, text } = await cluster.waitFor(
        async () => {
          const answer = await cluster.post(path);
          return /the cluster starts/.test(answer.text) ? undefined : answer;
        },
        'end of the start',
        60_000,
      );
      assert.equal(status, 409, text);
      assert.match(text, /game2 is not the master's to start .*; start it where it runs/);
    }
    assert.equal((await nodeOf(cluster, 'game2')).state, 'exited');
  });
});
