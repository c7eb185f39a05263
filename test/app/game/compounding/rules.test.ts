import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compound, fragmentsIn, requirements, resultOf } from '../../../../app/game/compounding/rules';
import { DATA, refuses } from '../data';

const SHARD = 53000001;
const PAGE = 54000006;
const owner = (changes: object = {}) => ({
  coin: 1000,
  pets: 0,
  items: [SHARD, PAGE].map((templateId, id) => ({ id, templateId, stack: 4 })),
  ...changes,
});

describe('compounding', () => {
  it('makes of four fragments and some coins what they are fragments of', () => {
    const { result, price } = compound(PAGE, owner(), DATA.items);
    assert.deepEqual([result.id, price], [55000006, 1000]);
    assert.ok(compound(SHARD, owner(), DATA.items).result.egg);
    assert.equal(resultOf(SHARD, DATA.items).result.id, 51000001);
  });

  it('counts fragments over all stacks', () => {
    const items = [1, 2].map((id) => ({ id, templateId: PAGE, stack: 2 }));
    assert.equal(compound(PAGE, owner({ items }), DATA.items).fragment.id, PAGE);
  });

  it('says what is wrong, in the order that clients know', () => {
    refuses('fragmentMissing', () => compound(1, owner({ coin: 0 }), DATA.items));
    refuses('notEnoughCoins', () => compound(PAGE, owner({ coin: 999, items: [] }), DATA.items));
    refuses('notCompoundable', () => compound(10150001, owner(), DATA.items));
    refuses('notEnoughMaterial', () => compound(PAGE, owner({ items: [{ id: 1, templateId: PAGE, stack: 3 }] }), DATA.items));
  });

  it('takes nothing when there is no room for the pet', () => {
    refuses('petsFull', () => compound(SHARD, owner({ pets: 10 }), DATA.items));
    assert.ok(compound(PAGE, owner({ pets: 10 }), DATA.items));
  });

  it('tells a client what it needs and has', () => {
    assert.deepEqual(requirements(PAGE, owner(), DATA.items), {
      coinrequired: 1000,
      itemA: PAGE,
      itemAcnt: 4,
      itemAGoal: 4,
      itemB: 0,
      itemBcnt: 0,
      itemBGoal: 0,
      itemBound: 55000006,
    });
    refuses('notCompoundable', () => requirements(10150001, owner(), DATA.items));
  });

  it('finds the fragments of a package', () => {
    const items = [SHARD, 10150001, PAGE, 999].map((templateId, id) => ({ id, templateId, stack: 1 }));
    assert.deepEqual(
      fragmentsIn(items, DATA.items).map(({ templateId }) => templateId),
      [SHARD, PAGE],
    );
  });
});
