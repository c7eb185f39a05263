/** A reload of one node, and the version of the code that each node shows. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { GameClient } from '../../helpers/client';
import { ReloadWorld, textWith } from './world';

describe('a reload of one node', () => {
  let world: ReloadWorld;
  let player: GameClient;
  before(async () => {
    world = await ReloadWorld.start({}, {}, { env: { FIREFLY_LOG: 'json' } });
    player = await world.player();
  });
  after(() => world[Symbol.asyncDispose]());

  it('changes that node alone, by GET and by POST, and the versions tell', async () => {
    const first = await world.versions();
    assert.equal(first.game1, first.game2, 'the same code has the same version');
    assert.notEqual(first.game1, first.gate);
    world.edit('app/text.ts', textWith('second text'));
    const answer = await world.reloaded('/reload?node=game1');
    assert.equal(answer.message, 'game1 runs the new code');
    assert.deepEqual(Object.keys(answer.nodes), ['game1']);
    assert.match((await player.request(300)).text, /^second text/);
    assert.match((await player.request(301)).text, /^first text/);
    const second = await world.versions();
    assert.deepEqual([second.game1, second.game2], [answer.nodes.game1?.codeVersion, first.game2]);
    assert.notEqual(second.game1, second.game2);
    const { status } = await world.reload('/reload?node=game2', 'GET');
    assert.equal(status, 200);
    assert.match((await player.request(301)).text, /^second text/);
    const third = await world.versions();
    assert.equal(third.game1, third.game2);
    assert.equal(third.gate, first.gate);
  });

  it('says how long each node stood still', async () => {
    const { nodes } = await world.reloaded();
    for (const node of Object.values(nodes)) {
      assert.ok((node.prepareMs ?? 0) > 0 && (node.swapMs ?? 0) > 0, JSON.stringify(node));
    }
  });

  it('of a name that the config does not have is 404 and names it', async () => {
    for (const name of ['game9', 'constructor', '']) {
      const { status, answer } = await world.reload(`/reload?node=${name}`);
      assert.equal(status, 404);
      assert.equal(answer.message, `the config has no node ${JSON.stringify(name)}`);
    }
  });

  it('has its version on its log lines, from the reload on', async () => {
    const logged = (message: string) =>
      world.cluster.lines.flatMap((line) => {
        const { node, msg, code } = line.startsWith('{') ? JSON.parse(line) : {};
        return node === 'game1' && msg === message ? [code] : [];
      });
    const before = (await world.versions()).game1;
    world.edit('app/text.ts', textWith('third text'));
    const { nodes } = await world.reloaded('/reload?node=game1');
    const now = nodes.game1?.codeVersion;
    assert.equal((await world.versions()).game1, now);
    await world.cluster.waitFor(() => logged('reloaded').at(-1) === now, 'a line with the new version');
    assert.ok(logged('reloaded').includes(before));
    assert.match(String(logged('ready')[0]), /^[0-9a-f]{12}$/);
  });

  it('that does not run is refused', async () => {
    const { servers } = world.project.config() as { servers: Record<string, object> };
    await using other = await ReloadWorld.start({}, { servers: { ...servers, game2: { ...servers.game2, restart: 'temporary' } } });
    await other.cluster.kill('game2');
    await other.cluster.waitFor(async () => (await other.cluster.status()).nodes.game2?.state === 'exited', 'end of game2');
    const { status, answer } = await other.reload('/reload?node=game2');
    assert.deepEqual([status, answer.message], [409, 'game2 does not run; try again then']);
    other.edit('app/text.ts', textWith('second text'));
    assert.match(
      (await other.reloaded()).message,
      /^all nodes run the new code; without game2, which the master does not see: a node loads/,
    );
  });
});
