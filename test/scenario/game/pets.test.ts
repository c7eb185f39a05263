/** A player's pets over the wire: commands 2300, 3505 and 3506. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { type PlaygroundPlayer, usePlayground } from './playground';

const LIST = 2300;
const CHANGE_FORMATION = 2307;
const SWALLOW = 3505;
const FEED = 3506;

/** A hero of the data, in its first grades and its last. */
const FIRST_GRADE = 15005;
const SECOND_GRADE = 15006;
const LAST_GRADE = 15008;

interface Entry {
  readonly chaid: number;
  readonly tempid: number;
  readonly exp: number;
}

describe('pets', () => {
  const game = usePlayground();

  const list = async (player: PlaygroundPlayer) => (await player.does(LIST)).data?.petlist as Entry[];
  const shown = async (player: PlaygroundPlayer) => (await list(player)).map(({ chaid, tempid, exp }) => [chaid, tempid, exp]);
  const place = (player: PlaygroundPlayer, petId: number | undefined, toPos: number) =>
    player.does(CHANGE_FORMATION, { petId, chatype: 3, operType: 0, fromPos: 0, toPos });
  /** A player with pets of these templates. */
  const ownerOf = async (name: string, pets: number[], petLevel = 1) => {
    const player = await game.enter(name);
    await player.grant({ pets, petLevel });
    return { player, ids: (await list(player)).map(({ chaid }) => chaid) };
  };

  it('are listed with exactly the fields that clients read, as far as they are not in the formation', async () => {
    const player = await game.enter('lister');
    assert.deepEqual(await list(player), []);
    await player.grant({ pets: [FIRST_GRADE], petLevel: 5 });
    const [entry] = await list(player);
    assert.deepEqual(entry, {
      chaid: entry?.chaid,
      chatype: 3,
      tempid: FIRST_GRADE,
      rolename: 'Sorrel',
      icon: 6001,
      level: 5,
      guanqia: 'none',
      skill: 'Venom Line',
      attack: 56,
      fangyu: 12,
      tili: 72,
      minjie: 1,
      price: 5000,
      exp: 0,
    });
    await place(player, entry?.chaid, 1);
    assert.deepEqual(await list(player), []);
  });

  it('swallow each other and grow; who is swallowed is gone, also from the formation', async () => {
    const { player, ids } = await ownerOf('swallower', [FIRST_GRADE, FIRST_GRADE, SECOND_GRADE]);
    const [eater, small, big] = ids;
    await place(player, big, 2);
    await player.does(SWALLOW, { petid: eater, tpetid: small });
    assert.deepEqual(await shown(player), [[eater, FIRST_GRADE, 1]]);
    await player.does(SWALLOW, { petid: eater, tpetid: big });
    assert.deepEqual(await shown(player), [[eater, SECOND_GRADE, 1]]);
    const { pets, formation } = await player.owned();
    assert.deepEqual(
      pets.map(({ id, StrGrowth, VitGrowth }) => [id, StrGrowth, VitGrowth]),
      [[eater, 41, 19]],
      'it has the growth of its new grade',
    );
    assert.deepEqual([formation.eyes_2, formation.eyes_5], [-1, 0]);
  });

  it('change nothing when they may not be eaten', async () => {
    const { player, ids } = await ownerOf('thief', [FIRST_GRADE, LAST_GRADE]);
    const { player: owner, ids: others } = await ownerOf('owner', [FIRST_GRADE]);
    const [[own, grown], [other]] = [ids, others];
    const before = await owner.owned();
    await player.isRefused(SWALLOW, { petid: own, tpetid: own }, en.petIsSame);
    await player.isRefused(SWALLOW, { petid: own, tpetid: other }, en.petMissing);
    await player.isRefused(SWALLOW, { petid: other, tpetid: own }, en.petMissing);
    await player.isRefused(SWALLOW, { petid: own, tpetid: 999 }, en.petMissing);
    await player.isRefused(SWALLOW, { petid: grown, tpetid: own }, en.fullyGrown);
    for (const fields of [
      {},
      { petid: own },
      { petid: String(own), tpetid: grown },
      { petid: own, tpetid: 1.5 },
      { petid: -1, tpetid: own },
    ])
      await player.isRefused(SWALLOW, fields, /petid$/);
    await player.isRefused(SWALLOW, { characterId: owner.characterId, petid: other, tpetid: own }, /characterId$/);
    await player.isRefused(FEED, { petid: own, tpetids: [other] }, en.petMissing);
    await player.isRefused(FEED, { petid: own, tpetids: [grown, grown] }, en.petIsSame);
    await player.isRefused(FEED, { petid: own, tpetids: [grown] }, en.ownerLevelTooLow);
    for (const tpetids of [undefined, [], grown, ['x'], [-1], Array.from({ length: 11 }, (_, at) => at)])
      await player.isRefused(FEED, { petid: own, tpetids }, /tpetids$/);
    assert.deepEqual(await owner.owned(), before);
  });

  it('learn from what they are fed with', async () => {
    const { player, ids } = await ownerOf('feeder', [FIRST_GRADE, FIRST_GRADE, FIRST_GRADE]);
    await player.grant({ character: { level: 10 } });
    const [pet, ...food] = ids;
    await player.does(FEED, { petid: pet, tpetids: food });
    const { pets } = await player.owned();
    // Half of 100 for each; a pet needs 100 to leave level 1.
    assert.deepEqual(
      pets.map(({ id, level, exp }) => [id, level, exp]),
      [[pet, 2, 0]],
    );
  });

  it('are eaten once by two equal requests in one moment', async () => {
    const { player, ids } = await ownerOf('gulper', [FIRST_GRADE, FIRST_GRADE]);
    await player.grant({ character: { level: 10 } });
    const [pet, food] = ids;
    const both = await Promise.all([1, 2].map(() => player.ask(FEED, { petid: pet, tpetids: [food] })));
    assert.deepEqual(
      both.map(({ result, message }) => [result, message]),
      [
        [true, ''],
        [false, en.petMissing],
      ],
    );
    const { pets } = await player.owned();
    assert.deepEqual(
      pets.map(({ id, level, exp }) => [id, level, exp]),
      [[pet, 1, 50]],
    );
  });

  it('are swallowed once by two equal requests in one moment', async () => {
    const { player, ids } = await ownerOf('twice', [FIRST_GRADE, SECOND_GRADE]);
    const [eater, food] = ids;
    const both = await Promise.all([1, 2].map(() => player.ask(SWALLOW, { petid: eater, tpetid: food })));
    assert.deepEqual(
      both.map(({ result }) => result),
      [true, false],
    );
    assert.deepEqual(await shown(player), [[eater, SECOND_GRADE, 0]]);
  });
});
