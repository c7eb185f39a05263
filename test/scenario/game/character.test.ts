/** Coins, gold, experience and energy, in their rows; and the status bar that shows them, command 105. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { usePlayground } from './playground';
import { BLADE, SHARD } from './things';

const MAX_COINS = 99_999_999;

describe('a character', () => {
  const game = usePlayground();

  it('begins with 10,000 coins, full energy, nothing worn, and alone in its formation', async () => {
    const player = await game.enter('beginner', 2);
    assert.deepEqual(await player.does(105), {
      result: true,
      message: '',
      data: {
        characterId: player.characterId,
        rolename: 'beginner',
        level: 1,
        exp: 0,
        maxexp: 218,
        coin: 10_000,
        gold: 0,
        tili: 30,
        tilimax: 30,
        huoli: 30,
        maxhuoli: 30,
        profession: 2,
      },
    });
    const { equipment, formation, items, pets } = await player.owned();
    const { characterId, ...slots } = equipment;
    assert.deepEqual([...new Set(Object.values(slots))], [-1]);
    const { eyes_5, ...places } = formation;
    assert.deepEqual([characterId, eyes_5], [player.characterId, 0]);
    assert.deepEqual(places, {
      characterId,
      matrixId: 0,
      ...Object.fromEntries([1, 2, 3, 4, 6, 7, 8, 9].map((place) => [`eyes_${place}`, -1])),
    });
    assert.deepEqual([items, pets], [[], []]);
  });

  it('rises as many levels as its experience is enough for, with the attributes of its level', async () => {
    const player = await game.enter('learner');
    await player.grant({ exp: 218 + 704 + 5 });
    const { data } = await player.does(105);
    assert.deepEqual([data?.level, data?.exp, data?.maxexp, data?.tilimax], [3, 5, 1136, 168]);
    await player.grant({ character: { level: 100, exp: 3 } });
    await player.grant({ exp: 1_000_000 });
    const { level, exp } = (await player.owned()).character;
    assert.deepEqual([level, exp], [100, 3]);
  });

  it('has the coins that were paid and spent, also when that happens at once, and never too many or too few', async () => {
    const player = await game.enter('payer');
    assert.deepEqual(await player.rush({ coin: 25 }, 4), []);
    assert.equal((await player.does(105)).data?.coin, 10_100);
    assert.deepEqual(await player.rush({ coin: -10_000 }, 3), ['notEnoughCoins', 'notEnoughCoins']);
    assert.equal((await player.does(105)).data?.coin, 100);
    await player.grant({ coin: MAX_COINS });
    assert.equal((await player.does(105)).data?.coin, MAX_COINS);
  });

  it('has in a bill what gold it spent, and none for what it could not', async () => {
    const player = await game.enter('spender');
    await player.grant({ gold: 50 });
    assert.deepEqual(await player.rush({ gold: -20 }, 3), ['notEnoughGold']);
    const { bills, character } = await player.owned();
    assert.equal(character.gold, 10);
    assert.deepEqual(
      bills.map(({ spendType, spendGold, spendDetails }) => [spendType, spendGold, spendDetails]),
      [
        [12, 20, 'a wish'],
        [12, 20, 'a wish'],
      ],
    );
  });

  it('spends energy while it has some, which comes back with time', async () => {
    const player = await game.enter('runner');
    await player.grant({ energy: -30 });
    assert.equal((await player.does(105)).data?.huoli, 0);
    assert.deepEqual(await player.rush({ energy: -1 }, 2), ['notEnoughEnergy', 'notEnoughEnergy']);
    const { energytime } = (await player.owned()).character;
    await player.grant({ character: { energytime: Number(energytime) - 2 * 1800 - 1 } });
    assert.equal((await player.does(105)).data?.huoli, 2);
    await player.grant({ energy: 100 });
    assert.equal((await player.does(105)).data?.huoli, 30);
  });

  it('gets all of what a command gives, or nothing', async () => {
    const player = await game.enter('whole');
    const before = await player.owned();
    assert.deepEqual(
      await player.rush(
        {
          items: [
            [BLADE, 1],
            [SHARD, 12],
          ],
          pets: [15003],
          exp: 500,
          energy: -3,
          coin: -10_001,
        },
        1,
      ),
      ['notEnoughCoins'],
    );
    assert.deepEqual(await player.owned(), before);
  });
});
