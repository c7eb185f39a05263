import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SeededRandom } from '../../../app/game/random';

const draws = (random: SeededRandom, count: number) => Array.from({ length: count }, () => random.between(1, 1_000_000));

describe('dice', () => {
  it('fall the same for the same seed, and differently for another', () => {
    assert.deepEqual(draws(SeededRandom.from(7), 20), draws(SeededRandom.from(7), 20));
    assert.notDeepEqual(draws(SeededRandom.from(7), 20), draws(SeededRandom.from(8), 20));
    assert.notDeepEqual(draws(SeededRandom.from(7), 20), draws(SeededRandom.from(7 + 2 ** 32), 20));
  });

  it('go on from a state that has been written down as JSON', () => {
    const random = SeededRandom.from(2024);
    draws(random, 5);
    const later = new SeededRandom(JSON.parse(JSON.stringify(random.state)));
    assert.deepEqual(draws(random, 50), draws(later, 50));
  });

  it('stay within their bounds, both included', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -1000, max: 1000 }), fc.nat(100_000), (seed, min, span) => {
        const random = SeededRandom.from(seed);
        for (let time = 0; time < 20; time++) {
          const drawn = random.between(min, min + span);
          assert.ok(Number.isInteger(drawn) && drawn >= min && drawn <= min + span);
        }
      }),
    );
    const random = SeededRandom.from(1);
    assert.deepEqual([...new Set(Array.from({ length: 200 }, () => random.between(1, 6)))].sort(), [1, 2, 3, 4, 5, 6]);
  });

  it('show each side about as often', () => {
    const random = SeededRandom.from(99);
    const drawn = Array.from({ length: 100_000 }, () => random.between(0, 9));
    for (let side = 0; side < 10; side++) {
      const count = drawn.filter((one) => one === side).length;
      assert.ok(Math.abs(count - 10_000) < 500, `${side} came ${count} times`);
    }
  });
});
