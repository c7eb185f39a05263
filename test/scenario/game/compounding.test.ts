/** Fragments and what is made of them, over a client's connection: commands 205, 2109, 2115 and 2116. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { usePlayground } from './playground';
import { BLADE, BOOK, HERO, PAGE, SHARD } from './things';

describe('compounding', () => {
  const game = usePlayground();

  it('shows what a fragment makes', async () => {
    const player = await game.enter('asker');
    const { hcprice, iteminfo } = (await player.does(205, { tempid: PAGE })).data as { hcprice: number; iteminfo: Record<string, unknown> };
    assert.equal(hcprice, 1000);
    const { itemname, itemdesc, ...figures } = iteminfo;
    assert.ok(itemname && itemdesc);
    assert.deepEqual(figures, {
      itemid: 0,
      icon: 22,
      tempid: BOOK,
      qlevel: 0,
      attack: 0,
      fangyu: 0,
      minjie: 0,
      tili: 0,
      price: 3430,
      stack: 1,
      qh: 1,
    });
    await player.isRefused(205, { tempid: 1 }, en.fragmentMissing);
    await player.isRefused(205, { tempid: BLADE }, en.notCompoundable);
    await player.isRefused(205, { tempid: '54000006' }, /tempid/);
  });

  it('lists the fragments of a package, and what compounding needs', async () => {
    const player = await game.enter('gatherer');
    await player.grant({
      items: [
        [PAGE, 6],
        [BLADE, 1],
        [SHARD, 1],
      ],
    });
    const [[full, rest], [shard]] = [await player.idsOf(PAGE), await player.idsOf(SHARD)];
    assert.deepEqual(await player.does(2109), {
      result: true,
      message: '',
      data: {
        itemlist: [
          { itemid: full, icon: 22, tempid: PAGE, stack: 5 },
          { itemid: rest, icon: 22, tempid: PAGE, stack: 1 },
          { itemid: shard, icon: 6000, tempid: SHARD, stack: 1 },
        ],
      },
    });
    const needs = { coinrequired: 1000, itemA: PAGE, itemAcnt: 6, itemAGoal: 4, itemB: 0, itemBcnt: 0, itemBGoal: 0, itemBound: BOOK };
    assert.deepEqual((await player.does(2115, { tempid: PAGE })).data, needs);
    await player.isRefused(2115, { tempid: 1 }, en.fragmentMissing);
    await player.isRefused(2115, { tempid: BLADE }, en.notCompoundable);
  });

  it('takes four fragments and the price, and gives what they make', async () => {
    const player = await game.enter('maker');
    await player.grant({ items: [[PAGE, 6]] });
    assert.deepEqual(await player.ask(2116, { tempid: PAGE }), { result: true, message: en.compounded });
    const { items, character } = await player.owned();
    assert.deepEqual(
      items.map(({ itemTemplateId, stack }) => [itemTemplateId, stack]).sort(),
      [
        [PAGE, 1],
        [PAGE, 1],
        [BOOK, 1],
      ].sort(),
    );
    assert.equal(character.coin, 9000);
  });

  it('calls a pet in place of an egg', async () => {
    const player = await game.enter('caller');
    await player.grant({ items: [[SHARD, 4]] });
    await player.does(2116, { tempid: SHARD });
    const { items, pets } = await player.owned();
    assert.deepEqual([items.length, pets.length], [0, 1]);
  });

  it('is done once when it is asked for twice at once and there is enough for one', async () => {
    const player = await game.enter('hasty');
    await player.grant({ items: [[PAGE, 7]] });
    const replies = await player.atOnce(2116, [{ tempid: PAGE }, { tempid: PAGE }]);
    assert.deepEqual(
      replies.map(({ message }) => message),
      [en.compounded, en.notEnoughMaterial],
    );
    const { items, character } = await player.owned();
    assert.equal(
      items.filter(({ itemTemplateId }) => itemTemplateId === PAGE).reduce((sum, { stack }) => sum + Number(stack), 0),
      3,
    );
    assert.equal(character.coin, 9000);
  });

  it('takes nothing when something is missing', async () => {
    const player = await game.enter('lacking');
    await player.isRefused(2116, { tempid: 1 }, en.fragmentMissing);
    await player.isRefused(2116, { tempid: BLADE }, en.notCompoundable);
    await player.isRefused(2116, { tempid: PAGE }, en.notEnoughMaterial);
    await player.isRefused(2116, {}, /tempid/);
    await player.grant({
      items: [
        [SHARD, 4],
        [PAGE, 4],
      ],
      character: { coin: 999 },
    });
    await player.isRefused(2116, { tempid: PAGE }, en.notEnoughCoins);
    await player.grant({ pets: Array(10).fill(HERO), character: { coin: 1000 } });
    await player.isRefused(2116, { tempid: SHARD }, en.petsFull);
    await player.does(2116, { tempid: PAGE });
  });

  it('takes nothing when the package has no room for the result', async () => {
    const player = await game.enter('stuffed');
    await player.grant({
      items: [
        [PAGE, 5],
        [BLADE, 23],
      ],
    });
    await player.isRefused(2116, { tempid: PAGE }, en.packageFull);
  });
});
