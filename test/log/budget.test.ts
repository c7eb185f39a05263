import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineBudget } from '../../src/log/budget';

describe('a budget of lines', () => {
  it('allows so many a second, and again in the next', () => {
    const budget = new LineBudget(2);
    assert.deepEqual(
      [10_000, 10_001, 10_002, 10_999, 11_000].map((now) => budget.allows(now)),
      [true, true, false, false, true],
    );
  });

  it('tells what it refused once, when the second is over or when asked for all', () => {
    const budget = new LineBudget(1);
    for (const now of [10_000, 10_001, 10_002]) budget.allows(now);
    assert.equal(budget.takeRefused(false, 10_500), 0);
    assert.equal(budget.takeRefused(false, 11_000), 2);
    assert.equal(budget.takeRefused(false, 12_000), 0);
    budget.allows(20_000);
    budget.allows(20_001);
    assert.equal(budget.takeRefused(true, 20_002), 1);
  });
});
