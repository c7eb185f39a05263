import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Counted, differences } from '../../../../app/game/ledger/differences';

const one = (template: number, count = 1): Counted => ({ template, count });

describe('what has become of a list', () => {
  it('is a difference for each template, with how many there are by then', () => {
    assert.deepEqual(differences([one(7, 5), one(7, 3), one(9)], [one(7, 5), one(8, 2), one(9)]), [
      { template: 7, amount: -3, after: 5 },
      { template: 8, amount: 2, after: 2 },
    ]);
  });

  it('is nothing when only stacks were changed among each other', () => {
    assert.deepEqual(differences([one(7, 5), one(7, 3)], [one(7, 4), one(7, 4)]), []);
    assert.deepEqual(differences([], []), []);
  });

  it('is one that came and one that went when something becomes of another template', () => {
    assert.deepEqual(differences([one(1), one(1)], [one(2), one(1)]), [
      { template: 1, amount: -1, after: 1 },
      { template: 2, amount: 1, after: 1 },
    ]);
  });

  it('leads from what was there to what is there, for any two lists', () => {
    const lists = fc.array(fc.record({ template: fc.integer({ min: 1, max: 4 }), count: fc.integer({ min: 1, max: 9 }) }));
    const sum = (list: readonly Counted[], of: number) =>
      list.reduce((total, { template, count }) => total + (template === of ? count : 0), 0);
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        const found = new Map(differences(before, after).map((difference) => [difference.template, difference]));
        for (const template of [1, 2, 3, 4]) {
          const amount = found.get(template)?.amount ?? 0;
          assert.equal(sum(before, template) + amount, sum(after, template));
          if (amount !== 0) assert.equal(found.get(template)?.after, sum(after, template));
          else assert.equal(found.has(template), false);
        }
      }),
    );
  });
});
