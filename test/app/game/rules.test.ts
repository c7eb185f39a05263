import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EXPERIENCE_TO_LEAVE, MAX_LEVEL } from '../../../app/data/experience';
import { changedCoins, MAX_COINS } from '../../../app/game/character/coins';
import { energyAt, gainEnergy, MAX_ENERGY, spendEnergy } from '../../../app/game/character/energy';
import { experienceToLeave, gainExperience } from '../../../app/game/character/level';

describe('experience', () => {
  it('needed for a level is what the table says', () => {
    const known = { 1: 218, 2: 704, 3: 1136, 33: 161_966, 34: 244_642, 50: 2_840_640, 99: 46_157_923, 100: 47_538_800 };
    for (const [level, needed] of Object.entries(known)) assert.equal(experienceToLeave(Number(level)), needed, `level ${level}`);
    assert.equal(EXPERIENCE_TO_LEAVE.length, MAX_LEVEL + 1);
  });

  it('raises as many levels as it is enough for and keeps the rest', () => {
    assert.deepEqual(gainExperience({ level: 1, exp: 200 }, 17), { level: 1, exp: 217 });
    assert.deepEqual(gainExperience({ level: 1, exp: 200 }, 18), { level: 2, exp: 0 });
    assert.deepEqual(gainExperience({ level: 1, exp: 0 }, 218 + 704 + 5), { level: 3, exp: 5 });
  });

  it('changes nothing when there is none, and nothing at the last level', () => {
    assert.deepEqual(gainExperience({ level: 5, exp: 3 }, 0), { level: 5, exp: 3 });
    assert.deepEqual(gainExperience({ level: 5, exp: 3 }, -9), { level: 5, exp: 3 });
    assert.deepEqual(gainExperience({ level: 100, exp: 3 }, 99_999_999), { level: 100, exp: 3 });
  });

  it('never passes the last level and is never lost below it', () => {
    const total = ({ level, exp }: { level: number; exp: number }) =>
      EXPERIENCE_TO_LEAVE.slice(0, level).reduce((sum, needed) => sum + needed, exp);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.nat(1_000_000_000), (level, gain) => {
        const after = gainExperience({ level, exp: 0 }, gain);
        assert.ok(after.level <= MAX_LEVEL);
        assert.equal(total(after), total({ level, exp: 0 }) + gain);
      }),
    );
  });
});

describe('energy', () => {
  it('comes back by one for each full half hour, and remembers the started one', () => {
    assert.deepEqual(energyAt({ energy: 3, since: 1000 }, 1000 + 1799), { energy: 3, since: 1000 });
    assert.deepEqual(energyAt({ energy: 3, since: 1000 }, 1000 + 3700), { energy: 5, since: 4600 });
  });

  it('stops at the maximum, also when a row holds more', () => {
    assert.deepEqual(energyAt({ energy: 29, since: 0 }, 100_000), { energy: MAX_ENERGY, since: 100_000 });
    assert.deepEqual(energyAt({ energy: 200, since: 0 }, 5), { energy: MAX_ENERGY, since: 5 });
  });

  it('is not lost and not gained by looking often', () => {
    fc.assert(
      fc.property(fc.nat(29), fc.array(fc.nat(5000), { maxLength: 20 }), (energy, steps) => {
        let looked = { energy, since: 0 };
        let now = 0;
        for (const step of steps) {
          now += step;
          looked = energyAt(looked, now);
        }
        assert.equal(looked.energy, energyAt({ energy, since: 0 }, now).energy);
      }),
    );
  });

  it('does not come back when the clock goes back', () => {
    assert.deepEqual(energyAt({ energy: 3, since: 1000 }, 500), { energy: 3, since: 500 });
  });

  it('is spent only when there is enough', () => {
    assert.deepEqual(spendEnergy({ energy: 1, since: 10 }, 1, 20), { energy: 0, since: 10 });
    assert.equal(spendEnergy({ energy: 0, since: 10 }, 1, 20), undefined);
  });

  it('is given up to the maximum', () => {
    assert.deepEqual(gainEnergy({ energy: 3, since: 10 }, 1, 20), { energy: 4, since: 10 });
    assert.deepEqual(gainEnergy({ energy: 29, since: 10 }, 5, 20), { energy: MAX_ENERGY, since: 20 });
  });
});

describe('coins', () => {
  it('never fall below zero and never pass the limit', () => {
    assert.equal(changedCoins(10, -10), 0);
    assert.equal(changedCoins(10, -11), undefined);
    assert.equal(changedCoins(MAX_COINS - 1, 5), MAX_COINS);
  });
});
