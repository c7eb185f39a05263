/** What goes wrong in a reload changes nothing, or is said exactly: nodes that die, hang or fail in the middle of it, and a master that does. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { waitFor } from '../../../tools/lib/wait';
import { ByHand } from '../../helpers/byhand';
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import { twoGames } from '../../helpers/project';
import { type ReloadAnswer, ReloadWorld, textWith } from './world';

/** What a node does once, while it loads the code of the reload; the process that comes after it loads the same code in peace. */
class Accident {
  readonly #mark: string;

  constructor(dir: string) {
    this.#mark = join(dir, 'accident');
    writeFileSync(this.#mark, '');
  }

  get hasHappened(): boolean {
    return !existsSync(this.#mark);
  }

  code(body: string): string {
    const mark = JSON.stringify(this.#mark);
    return `const fs = require('node:fs') as typeof import('node:fs');\nif (fs.existsSync(${mark})) { fs.unlinkSync(${mark}); ${body} }`;
  }
}

async function assertOld(player: GameClient): Promise<void> {
  assert.match((await player.request(300)).text, /^first text/);
}

/** After an accident of game2 the cluster is whole again, and the next reload brings all nodes to the new code. */
async function assertMended(world: ReloadWorld, player: GameClient): Promise<void> {
  await world.cluster.waitFor(async () => ((await world.cluster.status()).nodes.game2?.restarts ?? 0) > 0, 'a restart of game2');
  await world.cluster.whenReady(['game2']);
  world.edit('app/text.ts', textWith('last text'));
  await world.cluster.waitFor(async () => (await world.reload()).status === 200, 'a reload of all nodes');
  assert.match((await player.request(300)).text, /^last text/);
  await world.cluster.waitFor(async () => /^last text/.test((await player.request(301)).text), 'game2 with the new code');
}

describe('a reload in which a node', () => {
  it('dies while it loads changes nothing, and names it', async () => {
    await using world = await ReloadWorld.start();
    const player = await world.player();
    const accident = new Accident(world.project.dir);
    world.edit('app/text.ts', textWith('new text', 'game2', accident.code("process.kill(process.pid, 'SIGKILL');")));
    const { status, answer } = await world.reload();
    assert.deepEqual([status, answer.ok, answer.changed], [422, false, false]);
    assert.match(answer.nodes.game2?.failures?.[0]?.message ?? '', /game2 is down/);
    assert.equal(answer.nodes.game1?.ok, true);
    await assertOld(player);
    await assertMended(world, player);
  });

  it('dies after it has loaded, while others still do, changes nothing, and names it', async () => {
    await using world = await ReloadWorld.start();
    const player = await world.player();
    const accident = new Accident(world.project.dir);
    const dies = accident.code("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);");
    const busy = "if (process.argv[2] === 'game1') for (const end = Date.now() + 1_500; Date.now() < end; );\n";
    world.edit('app/text.ts', `${busy}${textWith('new text', 'game2', dies)}`);
    const { status, answer } = await world.reload();
    assert.deepEqual([status, answer.changed], [422, false]);
    assert.equal(answer.nodes.game2?.failures?.[0]?.message, 'it went away after it had loaded the new code');
    await assertOld(player);
    await assertMended(world, player);
  });

  it('hangs while it loads is given up after the deadline of its link, and changes nothing', async () => {
    const limits = { heartbeatMs: 200, deadAfterMs: 600, redialMaxMs: 300, hangMs: 60_000 };
    await using world = await ReloadWorld.start({}, { limits });
    const player = await world.player();
    const accident = new Accident(world.project.dir);
    world.edit('app/text.ts', textWith('new text', 'game2', accident.code('for (;;);')));
    const { status, answer } = await world.reload();
    assert.deepEqual([status, answer.changed], [422, false]);
    assert.match(answer.nodes.game2?.failures?.[0]?.message ?? '', /game2 is down/);
    await assertOld(player);
    await world.cluster.kill('game2');
    await assertMended(world, player);
  });

  it('has an onLoad hook that does not end is given up after the deadline, and changes nothing', async () => {
    await using world = await ReloadWorld.start({}, { limits: { rpcDeadlineMs: 500 } });
    const player = await world.player();
    const hook = "(require('firefly-ts') as typeof import('firefly-ts')).onLoad(() => new Promise(() => {}));";
    world.edit('app/text.ts', textWith('new text', 'game2', hook));
    const { status, answer } = await world.reload();
    assert.deepEqual([status, answer.changed], [422, false]);
    assert.match(answer.nodes.game2?.failures?.[0]?.message ?? '', /an onLoad hook has not ended within 500 ms/);
    await assertOld(player);
    world.edit('app/text.ts', textWith('last text'));
    await world.reloaded();
    assert.match((await player.request(301)).text, /^last text/);
  });

  it('cannot load its third module changes nothing: what the first two did is undone', async () => {
    const modules = (broken: boolean) => ({
      'app/one.ts': "import { every, state } from 'firefly-ts';\nstate('one', () => ({}));\nevery(1, () => console.log('tick of one'));\n",
      'app/two.ts': "import { remoteserviceHandle } from 'firefly-ts';\nremoteserviceHandle('gate')(function two() {});\n",
      'app/three.ts': broken ? "\nthrow new Error('the third module');\n" : '',
    });
    await using world = await ReloadWorld.start();
    const player = await world.player();
    const before = await world.versions();
    const game = "import './one';\nimport './two';\nimport './three';\nimport { remoteserviceHandle } from 'firefly-ts';\n";
    world.edit('app/game.ts', `${game}remoteserviceHandle('gate')(function answer() { return 'new game'; });\n`);
    for (const [file, text] of Object.entries(modules(true))) world.edit(file, text);
    const { status, answer } = await world.reload();
    assert.deepEqual([status, answer.changed], [422, false]);
    const failures = [{ file: world.project.path('app/three.ts'), line: 2, message: 'Error: the third module' }];
    assert.deepEqual([answer.nodes.game1?.failures, answer.nodes.game2?.failures], [failures, failures]);
    await world.cluster.waitForLine(/master ERROR reload: nothing was changed; .*game1, game2: .*three\.ts:2 Error: the third module/);
    await assertOld(player);
    assert.deepEqual(await world.versions(), before);
    assert.ok(!world.cluster.lines.some((line) => line.includes('tick of one')), 'a timer of the load that was given up');
    for (const [file, text] of Object.entries(modules(false))) world.edit(file, text);
    await world.reloaded();
    assert.equal((await player.request(300)).text, 'new game');
    await world.cluster.waitForLine(/tick of one/);
  });

  it('is being started again is refused, and goes through when it is there', async () => {
    const slow = "import { onStart } from 'firefly-ts';\nonStart(() => new Promise((resolve) => setTimeout(resolve, 1_000)));\n";
    await using world = await ReloadWorld.start({ 'app/text.ts': `${slow}export const text = 'first text';\n` });
    const player = await world.player();
    await world.cluster.kill('game2');
    await world.cluster.waitFor(async () => (await world.cluster.status()).nodes.game2?.state === 'starting', 'game2 starting');
    world.edit('app/text.ts', textWith('new text'));
    const { status, answer } = await world.reload();
    assert.deepEqual([status, answer.message], [409, 'game2 is starting; try again then']);
    await assertOld(player);
    await world.cluster.waitFor(async () => (await world.reload()).status === 200, 'a reload of all nodes');
    for (const command of [300, 301]) assert.match((await player.request(command)).text, /^new text/);
  });
});

describe('a reload in which the master dies', () => {
  it('between the two steps is dropped by the nodes, which serve on; the next master reloads them', async () => {
    using project = twoGames();
    project.configure({ limits: { redialMaxMs: 300 } });
    const config = project.path('config.json');
    await using cluster = await startCluster(config, { args: ['master'], ready: [] });
    await using _gate = new ByHand(['appmain.js', 'gate', config], cluster.environment);
    await using game1 = new ByHand(['appmain.js', 'game1', config], cluster.environment);
    await using game2 = new ByHand(['appmain.js', 'game2', config], cluster.environment);
    await using net = new ByHand(['appmain.js', 'net', config], cluster.environment);
    await cluster.whenReady(['gate', 'game1', 'game2', 'net']);
    await net.waitForLine(/ready/);
    const player = await connectClient({ port: cluster.port(10001), header: ZERO_HEADER, deadlineMs: 20_000 });

    const accident = new Accident(project.dir);
    const busy = "if (process.argv[2] === 'game1') for (const end = Date.now() + 2_000; Date.now() < end; );\n";
    project.edit('app/text.ts', `${busy}${textWith('new text', 'game2', accident.code(''))}`, { build: true });
    const outcome = reloadAt(cluster).catch(() => 'nobody answered');
    await waitFor(() => accident.hasHappened, 'the load of game2');
    process.kill(cluster.pid, 'SIGKILL');
    assert.equal(await outcome, 'nobody answered');
    for (const node of [game1, game2]) await node.waitForLine(/a prepared reload was dropped/, 20_000);
    for (const command of [300, 301]) assert.match((await player.request(command)).text, /^first text/);

    await using _next = new ByHand(['startmaster.js', '--config', config, 'master'], cluster.environment);
    project.edit('app/text.ts', textWith('last text'), { build: true });
    const isSeen = async () => Object.values((await cluster.status()).nodes).every(({ state }) => state === 'ready');
    await waitFor(() => isSeen().catch(() => false), 'all nodes at the next master', 20_000);
    const { ok, message } = await reloadAt(cluster);
    assert.ok(ok, message);
    for (const command of [300, 301]) assert.match((await player.request(command)).text, /^last text/);
    player.close();
  });
});

async function reloadAt(cluster: Cluster): Promise<ReloadAnswer> {
  const { json } = await http({ port: cluster.port(9998), path: '/reload', method: 'POST', deadlineMs: 60_000 });
  return json() as ReloadAnswer;
}
