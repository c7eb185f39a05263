/** What lies in a package, over a client's connection: commands 204 and 211; and that lists stay right when several add to them at once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { usePlayground } from './playground';
import { BLADE, EGG, HERO, SHARD } from './things';

describe('a package', () => {
  const game = usePlayground();

  it('is empty at first', async () => {
    const player = await game.enter('bagless');
    assert.deepEqual(await player.does(204), { result: true, message: '', data: { itemlist: [] } });
  });

  it('lists what is not worn, stacks filled as far as their template allows', async () => {
    const player = await game.enter('lister');
    await player.grant({
      items: [
        [SHARD, 7],
        [BLADE, 2],
      ],
    });
    await player.grant({ items: [[SHARD, 15]] });
    const { items } = await player.owned();
    const listed = items.map(({ id, itemTemplateId, stack, exp }) => ({
      itemid: id,
      icon: itemTemplateId === BLADE ? 2 : 6000,
      tempid: itemTemplateId,
      stack,
      exp,
    }));
    assert.deepEqual(
      listed.map(({ tempid, stack }) => [tempid, stack]).sort(),
      [
        [BLADE, 1],
        [BLADE, 1],
        [SHARD, 10],
        [SHARD, 10],
        [SHARD, 2],
      ].sort(),
    );
    const reply = await player.does(204);
    assert.deepEqual(reply.data, { itemlist: listed });
    const [blade] = await player.idsOf(BLADE);
    await player.does(210, { itemid: blade });
    const { itemlist } = (await player.does(204)).data as { itemlist: { itemid: number }[] };
    assert.deepEqual(
      itemlist.map(({ itemid }) => itemid),
      listed.flatMap(({ itemid }) => (itemid === blade ? [] : [itemid])),
    );
  });

  it('shows an item in every detail, worn or not, and none of others', async () => {
    const player = await game.enter('looker');
    await player.grant({ items: [[BLADE, 1]] });
    const [blade] = await player.idsOf(BLADE);
    const { data } = await player.does(211, { itemid: blade });
    const { itemname, itemdesc, ...figures } = data ?? {};
    assert.deepEqual(figures, {
      itemid: blade,
      icon: 2,
      tempid: BLADE,
      qlevel: 0,
      attack: 5,
      fangyu: 0,
      minjie: 0,
      tili: 0,
      price: 3430,
      stack: 1,
      qh: 1,
    });
    assert.ok(itemname && itemdesc);
    await player.does(210, { itemid: blade });
    assert.equal((await player.does(211, { itemid: blade })).data?.itemid, blade);
    const other = await game.enter('stranger');
    await other.isRefused(211, { itemid: blade }, en.itemMissing);
    await other.isRefused(211, { itemid: 'x' }, /itemid/);
    await other.isRefused(211, {}, /itemid/);
    await other.isRefused(211, { characterId: player.characterId, itemid: blade }, /characterId/);
    await other.isRefused(204, { characterId: player.characterId }, /characterId/);
    await other.isRefused(204, { characterId: String(other.characterId) }, /characterId/);
  });

  it('takes no more stacks than it has places', async () => {
    const player = await game.enter('hoarder');
    await player.grant({
      items: [
        [BLADE, 22],
        [SHARD, 9],
      ],
    });
    assert.deepEqual(await player.rush({ items: [[BLADE, 1]] }, 4), Array(3).fill('packageFull'));
    assert.deepEqual(await player.rush({ items: [[SHARD, 1]] }, 2), ['packageFull']);
    const { items } = await player.owned();
    assert.equal(items.length, 24);
    assert.equal(
      items.reduce((sum, { stack }) => sum + Number(stack), 0),
      33,
    );
  });

  it('has exactly what was given when several give at once', async () => {
    const player = await game.enter('rushed');
    const refused = await player.rush({ items: [[SHARD, 3]] }, 4);
    assert.deepEqual(refused, []);
    const { items } = await player.owned();
    assert.deepEqual(
      items.map(({ stack }) => stack),
      [10, 2],
    );
  });

  it('gives each egg once, and a tenth pet to one of several', async () => {
    const player = await game.enter('breeder');
    await player.grant({ pets: Array(9).fill(HERO), items: [[EGG, 2]] });
    assert.deepEqual(await player.rush({ pets: [HERO] }, 4), Array(3).fill('petsFull'));
    assert.equal((await player.owned()).pets.length, 10);
    const [egg] = await player.idsOf(EGG);
    await player.isRefused(210, { itemid: egg }, en.petsFull);
  });

  it('is the same after the death of the game node', async () => {
    const player = await game.enter('survivor');
    await player.grant({ items: [[BLADE, 1]], character: { coin: 77 } });
    const before = await player.owned();
    await game.cluster.kill('game1');
    const status = await game.cluster.waitFor(async () => {
      const reply = await player.ask(105);
      return reply.result ? reply : undefined;
    }, 'answer to 105 after the death of game1');
    assert.equal(status.data?.coin, 77);
    assert.deepEqual(await player.owned(), before);
  });
});
