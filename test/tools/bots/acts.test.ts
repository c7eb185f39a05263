import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../../../app/game/random';
import { nextAct } from '../../../tools/bots/acts/acts';

describe('what bots do', () => {
  it('is chosen by weight, and the same for the same seed', () => {
    const draw = (seed: number) => {
      const random = SeededRandom.from(seed);
      return Array.from({ length: 5_000 }, () => nextAct(random).name);
    };
    const chosen = draw(7);
    assert.deepEqual(draw(7), chosen);
    assert.notDeepEqual(draw(8), chosen);
    const shares = new Map<string, number>();
    for (const name of chosen) shares.set(name, (shares.get(name) ?? 0) + 1 / chosen.length);
    assert.equal(shares.size, 17);
    assert.ok(Math.abs((shares.get('fightsChapter') ?? 0) - 24 / 111) < 0.03, String(shares.get('fightsChapter')));
    assert.ok(Math.abs((shares.get('readsArena') ?? 0) - 3 / 111) < 0.01, String(shares.get('readsArena')));
  });
});
