import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cooldownLeft, dailyReward, priceOfFight, priceOfHurry } from '../../../../app/game/arena/extras';
import { afterFight, checkChallenge, firstStanding, opponentRanks, type Standing, standingOn } from '../../../../app/game/arena/rules';
import { refuses } from '../data';

const TODAY = '2024-05-01';
const standing = (rank: number, changes: Partial<Standing> = {}): Standing => ({
  ...firstStanding(1_000_000 + rank, rank - 1, TODAY),
  ...changes,
});

describe('a standing in the arena', () => {
  it('begins behind everybody', () => {
    assert.equal(firstStanding(1_000_001, 0, TODAY).rank, 1);
    assert.equal(firstStanding(1_000_002, 41, TODAY).rank, 42);
  });

  it('has fifteen fights and no streak each new day', () => {
    const tired = standing(3, { fightsLeft: 0, streak: 4, bought: 2, hasReward: true });
    assert.equal(standingOn(tired, TODAY), tired);
    assert.deepEqual(standingOn(tired, '2024-05-02'), standing(3, { day: '2024-05-02' }));
  });
});

describe('a challenge', () => {
  it('may go to the five ranks above', () => {
    assert.deepEqual(opponentRanks(10), [5, 6, 7, 8, 9]);
    assert.deepEqual(opponentRanks(3), [1, 2]);
    assert.deepEqual(opponentRanks(1), []);
  });

  it('is refused to oneself, to ranks out of reach, and when the fights are used up', () => {
    checkChallenge(standing(10), standing(5));
    refuses('notAnOpponent', () => checkChallenge(standing(10), standing(10)));
    refuses('notAnOpponent', () => checkChallenge(standing(10), standing(4)));
    refuses('notAnOpponent', () => checkChallenge(standing(10), standing(11)));
    refuses('fightsUsedUp', () => checkChallenge(standing(10, { fightsLeft: 0 }), standing(5)));
  });

  it('that is won swaps the ranks and lengthens the streak', () => {
    const { challenger, defender, log } = afterFight(standing(10, { streak: 2 }), standing(7), 1);
    assert.deepEqual([challenger.rank, challenger.streak, challenger.fightsLeft, defender.rank], [7, 3, 14, 10]);
    assert.deepEqual(log, { success: 1, rankingChange: 7 });
  });

  it('that is lost ends the streak and leaves the ranks', () => {
    const { challenger, defender, log } = afterFight(standing(10, { streak: 2 }), standing(7), 2);
    assert.deepEqual([challenger.rank, challenger.streak, challenger.fightsLeft, defender.rank], [10, 0, 14, 7]);
    assert.deepEqual(log, { success: 0, rankingChange: 0 });
  });

  it('that is won against somebody who has fallen behind meanwhile changes no rank', () => {
    const { challenger, defender, log } = afterFight(standing(5), standing(7), 1);
    assert.deepEqual([challenger.rank, defender.rank, challenger.streak], [5, 7, 1]);
    assert.deepEqual(log, { success: 1, rankingChange: 0 });
  });

  it('never has a rank twice, whoever fights whom', () => {
    const fight = fc.record({ from: fc.nat(9), to: fc.nat(9), result: fc.constantFrom(1 as const, 2 as const) });
    fc.assert(
      fc.property(fc.array(fight, { maxLength: 50 }), (fights) => {
        const all = Array.from({ length: 10 }, (_, at) => standing(at + 1));
        for (const { from, to, result } of fights) {
          const [one, other] = [all[from], all[to]];
          if (!one || !other || from === to) continue;
          const { challenger, defender } = afterFight(one, other, result);
          all[from] = challenger;
          all[to] = defender;
        }
        assert.deepEqual(
          all.map(({ rank }) => rank).sort((a, b) => a - b),
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        );
      }),
    );
  });
});

describe('beside fights the arena', () => {
  it('rewards ranks once a day, the better the more', () => {
    const some = [1, 2, 3, 4, 9, 10, 11, 120, 121].map(dailyReward);
    assert.deepEqual(some, [600_000, 480_000, 430_000, 380_000, 130_000, 100_000, 92_500, 16_000, 10_000]);
    for (let rank = 1; rank < 200; rank++) assert.ok(dailyReward(rank) >= dailyReward(rank + 1), `rank ${rank}`);
  });

  it('makes a fighter wait, and sells what is left of it by the minute', () => {
    assert.deepEqual(
      [cooldownLeft(1000, 1000), cooldownLeft(1000, 1599), cooldownLeft(1000, 1600), cooldownLeft(1000, 500)],
      [600, 1, 0, 600],
    );
    assert.deepEqual([priceOfHurry(0), priceOfHurry(1), priceOfHurry(60), priceOfHurry(61)], [0, 1, 1, 2]);
  });

  it('sells each fight dearer than the last', () => {
    assert.deepEqual([priceOfFight(0), priceOfFight(1), priceOfFight(9)], [10, 20, 100]);
  });
});
