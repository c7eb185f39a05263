/** The formation over the wire: commands 2306 and 2307. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { en } from '../../../app/share/texts/en';
import { type PlaygroundPlayer, usePlayground } from './playground';

const PET_LIST = 2300;
const HIRE = 2301;
const FORMATION = 2306;
const CHANGE = 2307;

const PET = 15005;
const HIRED_KIND = 2;
const PET_KIND = 3;
const [JOIN, LEAVE, MOVE] = [0, 1, 2];

describe('a formation', () => {
  const game = usePlayground();

  const matrix = async (player: PlaygroundPlayer) => (await player.does(FORMATION)).data?.matrix as Record<string, number>[];
  const placed = async (player: PlaygroundPlayer) => (await matrix(player)).map(({ pos, chaid }) => [pos, chaid]);
  const join = (petId: unknown, toPos: unknown, chatype: unknown = PET_KIND) => ({ petId, chatype, operType: JOIN, fromPos: 0, toPos });
  const leave = (fromPos: unknown) => ({ petId: 0, chatype: PET_KIND, operType: LEAVE, fromPos, toPos: 0 });
  const move = (fromPos: unknown, toPos: unknown) => ({ petId: 0, chatype: PET_KIND, operType: MOVE, fromPos, toPos });
  const ownerOf = async (name: string, count: number, petLevel = 1) => {
    const player = await game.enter(name);
    await player.grant({ pets: Array.from({ length: count }, () => PET), petLevel });
    return { player, pets: (await player.owned()).pets.map(({ id }) => Number(id)) };
  };

  it('is the hero alone at first, and shows who stands where', async () => {
    const { player, pets } = await ownerOf('placer', 2);
    const hero = { pos: 5, chatype: 1, chaid: player.characterId, tempid: 1 };
    assert.deepEqual(await matrix(player), [hero]);
    const reply = await player.does(CHANGE, join(pets[0], 1));
    assert.deepEqual(reply, { result: true, message: '' });
    await player.does(CHANGE, join(pets[1], 9));
    const [first, last] = [pets[0], pets[1]].map((chaid) => ({ chatype: PET_KIND, chaid, tempid: PET }));
    assert.deepEqual(await matrix(player), [{ pos: 1, ...first }, hero, { pos: 9, ...last }]);
    await player.does(CHANGE, move(5, 1));
    await player.does(CHANGE, move(9, 2));
    assert.deepEqual(await matrix(player), [
      { ...hero, pos: 1 },
      { pos: 2, ...last },
      { pos: 5, ...first },
    ]);
    await player.does(CHANGE, leave(2));
    assert.deepEqual(await placed(player), [
      [1, player.characterId],
      [5, pets[0]],
    ]);
    await player.does(CHANGE, join(pets[1], 5));
    assert.deepEqual(await placed(player), [
      [1, player.characterId],
      [5, pets[1]],
    ]);
  });

  it('is still there after its player was away', async () => {
    const { player, pets } = await ownerOf('returner', 1);
    await player.does(CHANGE, join(pets[0], 4));
    await player.client.close();
    assert.deepEqual(await placed(await game.enter('returner')), [
      [4, pets[0]],
      [5, player.characterId],
    ]);
  });

  it('takes in a hired player, who leaves the list by that', async () => {
    const { player } = await ownerOf('hirer', 0);
    const hired = await game.enter('hired', 3);
    await player.isRefused(CHANGE, join(hired.characterId, 7, HIRED_KIND), en.notHired);
    await player.does(HIRE, { friendid: hired.characterId });
    assert.deepEqual((await player.does(PET_LIST)).data?.petlist, [
      {
        chaid: hired.characterId,
        chatype: 2,
        tempid: 3,
        rolename: 'hired',
        icon: 3,
        level: 'none',
        guanqia: 'none',
        skill: 'none',
        attack: 0,
        fangyu: 0,
        tili: 0,
        minjie: 0,
        price: 1000,
        exp: 0,
      },
    ]);
    await player.does(CHANGE, join(hired.characterId, 7, HIRED_KIND));
    assert.deepEqual((await matrix(player))[1], { pos: 7, chatype: 2, chaid: hired.characterId, tempid: 3 });
    assert.deepEqual((await player.does(PET_LIST)).data?.petlist, []);
  });

  it('changes nothing when a unit may not join, leave or move', async () => {
    const { player, pets } = await ownerOf('placed', 2);
    const { player: other, pets: others } = await ownerOf('other', 1);
    const { pets: strong } = await (async () => {
      await player.grant({ pets: [PET], petLevel: 6 });
      return player.owned();
    })();
    const tooStrong = strong.find(({ level }) => level === 6)?.id;
    await player.does(CHANGE, join(pets[0], 1));
    await player.isRefused(CHANGE, join(tooStrong, 2), en.petLevelTooHigh);
    await player.isRefused(CHANGE, join(pets[0], 2), en.alreadyPlaced);
    await player.isRefused(CHANGE, join(pets[1], 5), en.heroStays);
    await player.isRefused(CHANGE, join(others[0], 2), en.petMissing);
    await player.isRefused(CHANGE, join(999, 2), en.petMissing);
    await player.isRefused(CHANGE, join(0, 2), en.petMissing);
    await player.isRefused(CHANGE, leave(5), en.heroStays);
    await player.isRefused(CHANGE, leave(2), en.placeEmpty);
    await player.isRefused(CHANGE, move(2, 1), en.placeEmpty);
    for (const place of [0, 10, 77]) {
      await player.isRefused(CHANGE, join(pets[1], place), en.placeWrong);
      await player.isRefused(CHANGE, leave(place), en.placeWrong);
      await player.isRefused(CHANGE, move(place, 1), en.placeWrong);
      await player.isRefused(CHANGE, move(1, place), en.placeWrong);
    }
    for (const wrong of [-1, 1.5, '3', null, undefined, {}]) {
      await player.isRefused(CHANGE, join(pets[1], wrong), /toPos$/);
      await player.isRefused(CHANGE, join(wrong, 3), /petId$/);
      await player.isRefused(CHANGE, leave(wrong), /fromPos$/);
    }
    await player.isRefused(CHANGE, join(pets[1], 3, 1), /chatype$/);
    await player.isRefused(CHANGE, { petId: pets[1], fromPos: 1, toPos: 2 }, /operType$/);
    await player.isRefused(CHANGE, { characterId: other.characterId, ...leave(5) }, /characterId$/);
    assert.equal((await other.owned()).formation.eyes_5, 0);
  });

  it('has a pet once, however fast it is sent to two places', async () => {
    const { player, pets } = await ownerOf('hasty', 1);
    const replies = await Promise.all([1, 2, 3].map((to) => player.ask(CHANGE, join(pets[0], to))));
    assert.deepEqual(
      replies.map(({ result }) => result),
      [true, false, false],
    );
    assert.deepEqual(await placed(player), [
      [1, pets[0]],
      [5, player.characterId],
    ]);
  });
});
