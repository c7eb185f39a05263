/** Players of several game nodes, and one of these nodes dies for good. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { operate } from '../../helpers/operations';
import { type PlaygroundPlayer, type Reply, usePlayground } from './playground';
import { PAGE } from './things';

const NODES = ['game1', 'game2'];

describe('two game nodes', () => {
  const game = usePlayground({ twice: true, mortal: true });
  /** By the node that they play on. */
  const players = new Map<string, PlaygroundPlayer[]>(NODES.map((node) => [node, []]));
  before(async () => {
    for (let at = 0; at < 6; at++) {
      const player = await game.enter(`nomad${at}`, 4);
      players.get(await player.node())?.push(player);
    }
  });

  const at = (node: string, index = 0): PlaygroundPlayer => {
    const player = players.get(node)?.[index];
    assert.ok(player, `${node} has a player ${index}`);
    return player;
  };
  const isWon = ({ data }: Reply) => data?.battleResult === 1;

  it('have about as many players each', () => {
    for (const node of NODES) assert.ok((players.get(node)?.length ?? 0) >= 1, node);
  });

  it('let players hire, challenge, and look at those of the other one', async () => {
    const [here, there] = [at('game1'), at('game2')];
    await here.does(2301, { friendid: there.characterId });
    await here.does(2307, { operType: 0, chatype: 2, petId: there.characterId, fromPos: 0, toPos: 2 });
    const fight = await here.does(4501, { zjid: 1000 });
    const fighters = (fight.data as { startData: { chaId: number }[] }).startData.map(({ chaId }) => chaId);
    assert.ok(fighters.includes(there.characterId), 'the hired player fights');
    assert.equal((await there.owned()).character.coin, 10_100);

    await there.does(3700);
    await here.does(3700);
    await here.grant({ character: { level: 40 } });
    assert.ok(isWon(await here.does(3704, { tid: there.characterId })));
    assert.deepEqual([(await here.does(3700)).data?.ranking, (await there.does(3700)).data?.ranking], [1, 2]);
    assert.equal((await there.does(221, { type: 2, tid: here.characterId })).data?.level, 40);
  });

  it('lose nothing of a player when one of them dies for good: the next request is answered by the other', async () => {
    const lost = players.get('game1') ?? [];
    const kept = at('game2');
    for (const player of lost) await player.grant({ items: [[PAGE, 4]], pets: [15001] });
    const owned = await Promise.all(lost.map((player) => player.owned()));
    await game.cluster.kill('game1');

    for (const [index, player] of lost.entries()) {
      const now = await game.cluster.waitFor(async () => {
        const reply = await player.ask(9902);
        return reply.result ? reply.data : undefined;
      }, `answer to ${player.name}, whose node is dead`);
      assert.deepEqual(now, owned[index]);
      assert.equal(await player.node(), 'game2');
      assert.ok(player.client.isOpen);
      assert.equal((await player.does(2116, { tempid: PAGE })).result, true);
      assert.ok(isWon(await player.does(4501, { zjid: 1000 })));
    }
    assert.equal(await kept.node(), 'game2');
  });

  it('let in who comes back on another connection while one of them is dead', async () => {
    for (const player of players.get('game1') ?? []) {
      await player.client.close();
      const again = await game.enter(player.name);
      assert.equal(again.characterId, player.characterId);
      assert.equal(await again.node(), 'game2');
      assert.equal((await again.does(3700)).result, true);
    }
  });

  it('are missed by nobody for longer than they are away: until then every request is answered, and nobody logs in again', async () => {
    const waiting = at('game2');
    const before = await waiting.owned();
    await game.cluster.kill('game2');
    const answers = await Promise.all([105, 204, 4501].map((command) => waiting.ask(command, { zjid: 1000 })));
    for (const { result, message } of answers) assert.ok(!result && [en.noGameNode, en.unavailable].includes(message), message);
    assert.deepEqual(await waiting.ask(103), { result: false, message: en.noGameNode });

    const { state } = await operate(game.cluster, '/start?node=game1');
    assert.equal(state, 'done');
    await waiting.does(103);
    assert.equal(await waiting.node(), 'game1');
    assert.deepEqual(await waiting.owned(), before);
  });
});
