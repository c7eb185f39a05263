import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addItems, afterChange, countOf, type PackageChange, type Stack, takeItems, unworn } from '../../../../app/game/package/stacks';
import { DATA, refuses, row } from '../data';

const SHARD = 53000001;
const shard = row(DATA.items, SHARD);
const blade = row(DATA.items, 10150001);

/** Ids are never used twice, as in the table. */
let lastId = 1000;

/** The package after a change. */
function changed(items: readonly Stack[], { changed: counts, added, gone }: PackageChange): Stack[] {
  const kept = items.filter(({ id }) => !gone.includes(id)).map((item) => ({ ...item, ...counts.find(({ id }) => id === item.id) }));
  return [...kept, ...added.map((item) => ({ ...item, id: ++lastId }))];
}

describe('a package', () => {
  it('fills the stacks that are there before it begins another', () => {
    const items = [
      { id: 1, templateId: SHARD, stack: 8 },
      { id: 2, templateId: 53000002, stack: 1 },
    ];
    assert.deepEqual(addItems(items, shard, 1), { changed: [{ id: 1, stack: 9 }], added: [], gone: [] });
    assert.deepEqual(addItems(items, shard, 5), { changed: [{ id: 1, stack: 10 }], added: [{ templateId: SHARD, stack: 3 }], gone: [] });
  });

  it('splits what is more than a stack holds, and loses nothing of it', () => {
    const stacks = addItems([], shard, 25).added.map(({ stack }) => stack);
    assert.deepEqual(stacks, [10, 10, 5]);
    assert.equal(addItems([], blade, 3).added.length, 3);
  });

  it('is, after a change, what the rows will be', () => {
    const items = [
      { id: 1, templateId: SHARD, stack: 8 },
      { id: 2, templateId: 53000002, stack: 1 },
      { id: 3, templateId: SHARD, stack: 3 },
    ];
    for (const change of [addItems(items, shard, 25), takeItems(items, SHARD, 9)]) {
      const rows = changed(items, change).map(({ templateId, stack }) => ({ templateId, stack }));
      assert.deepEqual(afterChange(items, change), rows);
    }
  });

  it('with places for so many stacks refuses one more', () => {
    const items = [{ id: 1, templateId: SHARD, stack: 5 }];
    assert.deepEqual(addItems(items, shard, 5, 1).added, []);
    refuses('packageFull', () => addItems(items, shard, 6, 1));
  });

  it('gives from the first stacks first, and only as much as there is', () => {
    const items = [1, 2, 3].map((id) => ({ id, templateId: SHARD, stack: 3 }));
    assert.deepEqual(takeItems(items, SHARD, 4), { changed: [{ id: 2, stack: 2 }], added: [], gone: [1] });
    refuses('notEnoughMaterial', () => takeItems(items, SHARD, 10));
  });

  it('does not give what is worn', () => {
    const items = [1, 2].map((id) => ({ id, templateId: blade.id, stack: 1 }));
    assert.deepEqual(takeItems(unworn(items, [-1, 1, -1]), blade.id, 1).gone, [2]);
    refuses('notEnoughMaterial', () => takeItems(unworn(items, [-1, 1, 2]), blade.id, 1));
  });

  it('has as many things as were put in less those taken out, whatever the order', () => {
    const template = fc.constantFrom(shard, blade, row(DATA.items, 54000006));
    const moves = fc.array(fc.record({ template, count: fc.integer({ min: 1, max: 40 }), isAdding: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(moves, (all) => {
        let items: Stack[] = [];
        for (const { template: moved, count, isAdding } of all) {
          const before = countOf(items, moved.id);
          if (!isAdding && before < count) {
            refuses('notEnoughMaterial', () => takeItems(items, moved.id, count));
            continue;
          }
          const others = items.filter(({ templateId }) => templateId !== moved.id);
          items = changed(items, isAdding ? addItems(items, moved, count) : takeItems(items, moved.id, count));
          assert.equal(countOf(items, moved.id), isAdding ? before + count : before - count);
          assert.ok(others.every((other) => items.some((item) => item.id === other.id && item.stack === other.stack)));
          assert.ok(items.every(({ templateId, stack }) => stack >= 1 && stack <= row(DATA.items, templateId).maxStack));
        }
      }),
    );
  });
});
