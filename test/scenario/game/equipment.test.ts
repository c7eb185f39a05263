/** What is worn, over a client's connection: commands 203, 210, 212 and 215. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { usePlayground } from './playground';
import { BLADE, EGG, SHARD } from './things';

const BLADE_4 = 10150002;
const SHIRT = 10150005;
const SHIRT_2 = 10150006;
const BOOK = 55000015;
/** What comes out of that egg. */
const PETS = [15003, 15004];

describe('equipment', () => {
  const game = usePlayground();

  it('shows what is worn by slot, and what it adds', async () => {
    const player = await game.enter('wearer');
    assert.deepEqual(await player.does(203), { result: true, message: '', data: { equip: [], attack: 40, fangyu: 6, minjie: 45 } });
    await player.grant({
      items: [
        [SHIRT, 1],
        [BLADE, 1],
      ],
    });
    const [[blade], [shirt]] = [await player.idsOf(BLADE), await player.idsOf(SHIRT)];
    for (const itemid of [shirt, blade]) assert.deepEqual(await player.ask(210, { itemid }), { result: true, message: '' });
    const { data } = await player.does(203);
    assert.deepEqual(data, {
      equip: [
        { pos: 1, item: { itemid: blade, icon: 2, tempid: BLADE, exp: 0 }, exp: 0 },
        { pos: 2, item: { itemid: shirt, icon: 17, tempid: SHIRT, exp: 0 }, exp: 0 },
      ],
      attack: 45,
      fangyu: 6,
      minjie: 45,
    });
    const status = await player.does(105);
    assert.deepEqual([status.data?.tili, status.data?.tilimax], [66, 66]);
    assert.equal((await player.owned()).equipment.trousers, blade);
    assert.deepEqual(await player.ask(215, { itemid: blade }), { result: true, message: '' });
    assert.equal((await player.does(203)).data?.attack, 40);
    await player.isRefused(215, { itemid: blade }, en.notWorn);
  });

  it('stays on over a new login', async () => {
    const player = await game.enter('returner');
    await player.grant({ items: [[SHIRT, 1]] });
    const [shirt] = await player.idsOf(SHIRT);
    await player.does(210, { itemid: shirt });
    await player.client.close();
    const again = await game.enter('returner');
    assert.equal(again.characterId, player.characterId);
    assert.equal((await again.does(105)).data?.tili, 66);
  });

  it('changes places with what was in its slot', async () => {
    const player = await game.enter('changer');
    await player.grant({
      items: [
        [BLADE, 1],
        [BLADE_4, 1],
      ],
    });
    const [[first], [second]] = [await player.idsOf(BLADE), await player.idsOf(BLADE_4)];
    await player.does(210, { itemid: first });
    await player.does(210, { itemid: second });
    const { itemlist } = (await player.does(204)).data as { itemlist: { itemid: number }[] };
    assert.deepEqual(
      itemlist.map(({ itemid }) => itemid),
      [first],
    );
  });

  it("is refused when it is nothing to use, another player's, or nothing at all", async () => {
    const player = await game.enter('refused');
    await player.grant({ items: [[SHARD, 1]] });
    const [fragment] = await player.idsOf(SHARD);
    await player.isRefused(210, { itemid: fragment }, en.notUsable);
    await player.isRefused(215, { itemid: fragment }, en.notWorn);
    await player.isRefused(215, { itemid: -1 }, /itemid/);
    for (const itemid of [0, 2_000_000_000]) await player.isRefused(210, { itemid }, en.itemMissing);
    for (const itemid of ['1', 1.5, null, [fragment], 2 ** 31]) await player.isRefused(210, { itemid }, /itemid/);
    const other = await game.enter('taker');
    await other.isRefused(210, { itemid: fragment }, en.itemMissing);
    await other.isRefused(212, { itemid: fragment, toitemid: fragment }, en.itemMissing);
  });

  it('opens an egg once, also when it is asked to twice at once', async () => {
    const player = await game.enter('hatcher');
    await player.grant({ items: [[EGG, 1]] });
    const [itemid] = await player.idsOf(EGG);
    const replies = await player.atOnce(210, [{ itemid }, { itemid }]);
    assert.deepEqual(replies, [
      { result: true, message: '' },
      { result: false, message: en.itemMissing },
    ]);
    const { items, pets } = await player.owned();
    assert.deepEqual(items, []);
    assert.equal(pets.length, 1);
    const [{ id, ownerID, templateID, level, exp, energy } = {}] = pets;
    assert.ok(Number(id) > 3_000_000);
    assert.ok(PETS.includes(Number(templateID)));
    assert.deepEqual([ownerID, level, exp, energy], [player.characterId, 1, 0, 0]);
  });

  it('grows by what it is fed, worn or not', async () => {
    const player = await game.enter('feeder');
    await player.grant({
      items: [
        [SHIRT, 4],
        [SHARD, 1],
        [BOOK, 1],
      ],
    });
    const [first = 0, second = 0, third = 0, fourth = 0] = await player.idsOf(SHIRT);
    const [fragment, book] = [(await player.idsOf(SHARD))[0], (await player.idsOf(BOOK))[0]];
    await player.does(210, { itemid: first });
    await player.isRefused(212, { itemid: first, toitemid: second }, en.itemWorn);
    await player.isRefused(212, { itemid: fragment, toitemid: first }, en.notFood);
    await player.isRefused(212, { itemid: second, toitemid: second }, en.notFood);
    await player.isRefused(212, { itemid: second, toitemid: book }, en.fullyGrown);
    await player.isRefused(212, { itemid: second }, /toitemid/);
    const replies = await player.atOnce(212, [
      { itemid: second, toitemid: first },
      { itemid: second, toitemid: first },
    ]);
    assert.deepEqual(
      replies.map(({ result }) => result),
      [true, false],
    );
    assert.deepEqual(await player.idsOf(SHIRT), [third, fourth]);
    const { items } = await player.owned();
    const { itemTemplateId, exp } = items.find(({ id }) => id === first) ?? {};
    assert.deepEqual([itemTemplateId, exp], [SHIRT_2, 0]);
    assert.deepEqual((await player.does(203)).data?.equip, [
      { pos: 2, item: { itemid: first, icon: 18, tempid: SHIRT_2, exp: 0 }, exp: 0 },
    ]);
    await player.does(212, { itemid: third, toitemid: first });
    assert.equal((await player.owned()).items.find(({ id }) => id === first)?.exp, 5);
  });
});
