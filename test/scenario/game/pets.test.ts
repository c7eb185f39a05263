/** A player's pets over the wire: commands 2300, 3505 and 3506. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type FightWorld, type Gamer, startFightWorld } from './fightworld';

const LIST = 2300;
const FORMATION = 2306;
const CHANGE_FORMATION = 2307;
const SWALLOW = 3505;
const FEED = 3506;

/** A hero of the data, in its first and its last grade. */
const FIRST_GRADE = 15005;
const SECOND_GRADE = 15006;
const LAST_GRADE = 15008;

interface Entry {
  readonly chaid: number;
  readonly tempid: number;
  readonly level: number;
  readonly exp: number;
}

describe('pets', () => {
  let world: FightWorld;
  before(async () => {
    world = await startFightWorld();
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
  });

  const list = async (player: Gamer) => (await player.get<{ petlist: Entry[] }>(LIST)).petlist;
  const places = async (player: Gamer) => (await player.get<{ matrix: { pos: number; chaid: number }[] }>(FORMATION)).matrix;

  it('are listed with exactly the fields that clients read, as far as they are not in the formation', async () => {
    await using player = await world.enter('lister');
    assert.deepEqual(await list(player), []);
    const id = await player.pet(FIRST_GRADE, 5);
    const [entry] = await list(player);
    assert.deepEqual(entry, {
      ...entry,
      chaid: id,
      chatype: 3,
      tempid: FIRST_GRADE,
      icon: 6001,
      level: 5,
      guanqia: 'none',
      attack: 56,
      fangyu: 12,
      tili: 72,
      minjie: 1,
      price: 5000,
      exp: 0,
    });
    assert.deepEqual(
      Object.keys(entry ?? {}).sort(),
      ['attack', 'chaid', 'chatype', 'exp', 'fangyu', 'guanqia', 'icon', 'level', 'minjie', 'price', 'rolename', 'skill', 'tempid', 'tili'],
    );
    await player.get(CHANGE_FORMATION, { petId: id, chatype: 3, operType: 0, fromPos: 0, toPos: 1 });
    assert.deepEqual(await list(player), []);
  });

  it('swallow each other and grow; who is swallowed is gone, also from the formation', async () => {
    await using player = await world.enter('swallower');
    const eater = await player.pet(FIRST_GRADE);
    const small = await player.pet(FIRST_GRADE);
    const big = await player.pet(SECOND_GRADE);
    await player.get(CHANGE_FORMATION, { petId: big, chatype: 3, operType: 0, fromPos: 0, toPos: 2 });
    await player.get(SWALLOW, { petid: eater, tpetid: small });
    assert.deepEqual(
      (await list(player)).map(({ chaid, tempid, exp }) => [chaid, tempid, exp]),
      [[eater, FIRST_GRADE, 1]],
    );
    await player.get(SWALLOW, { petid: eater, tpetid: big });
    assert.deepEqual(
      (await list(player)).map(({ chaid, tempid, exp }) => [chaid, tempid, exp]),
      [[eater, SECOND_GRADE, 1]],
    );
    assert.deepEqual(
      (await places(player)).map(({ pos }) => pos),
      [5],
    );
    const { StrGrowth, VitGrowth } = await player.row(`SELECT StrGrowth, VitGrowth FROM tb_pet WHERE id = ${eater}`);
    assert.deepEqual([StrGrowth, VitGrowth], [41, 19], 'it has the growth of its new grade');
    assert.deepEqual(await player.rows(`SELECT id FROM tb_pet WHERE id IN (${small}, ${big})`), []);
  });

  it('change nothing when they may not swallow', async () => {
    await using owner = await world.enter('owner');
    await using thief = await world.enter('thief');
    const own = await thief.pet(FIRST_GRADE);
    const grown = await thief.pet(LAST_GRADE);
    const other = await owner.pet(FIRST_GRADE);
    const before = await thief.rows('SELECT * FROM tb_pet ORDER BY id');
    await thief.refused(SWALLOW, { petid: own, tpetid: own }, 'petIsSame');
    await thief.refused(SWALLOW, { petid: own, tpetid: other }, 'petMissing');
    await thief.refused(SWALLOW, { petid: other, tpetid: own }, 'petMissing');
    await thief.refused(SWALLOW, { petid: own, tpetid: 999 }, 'petMissing');
    await thief.refused(SWALLOW, { petid: grown, tpetid: own }, 'fullyGrown');
    for (const wrong of [{}, { petid: own }, { petid: String(own), tpetid: grown }, { petid: own, tpetid: 1.5 }, { petid: -1, tpetid: own }])
      await thief.refused(SWALLOW, wrong, 'badField');
    // Whoever the request names, who asks is the player of the connection.
    await thief.refused(SWALLOW, { characterId: owner.characterId, petid: other, tpetid: own }, 'petMissing');
    await thief.refused(FEED, { petid: own, tpetids: [other] }, 'petMissing');
    await thief.refused(FEED, { petid: own, tpetids: [grown, grown] }, 'petIsSame');
    await thief.refused(FEED, { petid: own, tpetids: [grown] }, 'ownerLevelTooLow');
    for (const tpetids of [undefined, [], grown, ['x'], [-1], Array.from({ length: 11 }, (_, at) => at)])
      await thief.refused(FEED, { petid: own, tpetids }, 'badField');
    assert.deepEqual(await thief.rows('SELECT * FROM tb_pet ORDER BY id'), before);
  });

  it('learn from what they are fed with', async () => {
    await using player = await world.enter('feeder');
    await player.set({ level: 10 });
    const pet = await player.pet(FIRST_GRADE);
    const food = [await player.pet(FIRST_GRADE, 3), await player.pet(FIRST_GRADE)];
    await player.get(FEED, { petid: pet, tpetids: food });
    // (100 + 100 + 200) / 2 and 100 / 2; level 1 needs 100.
    const row = await player.row(`SELECT level, exp FROM tb_pet WHERE ownerID = ${player.characterId}`);
    assert.deepEqual(row, { level: 2, exp: 150 });
    assert.equal((await list(player)).length, 1);
  });

  it('are swallowed once by two equal requests in one moment', async () => {
    await using player = await world.enter('twice');
    const eater = await player.pet(FIRST_GRADE);
    const food = await player.pet(SECOND_GRADE);
    const both = await Promise.all([1, 2].map(() => player.ask(SWALLOW, { petid: eater, tpetid: food })));
    assert.deepEqual(both.map(({ result }) => result).sort(), [false, true]);
    assert.deepEqual(
      (await list(player)).map(({ chaid, tempid, exp }) => [chaid, tempid, exp]),
      [[eater, SECOND_GRADE, 0]],
    );
  });
});
