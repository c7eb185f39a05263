/** What the operator beside bots draws is what the admin node takes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Form } from '../../../app/admin/form';
import { OPERATIONS, readOperation } from '../../../app/admin/operations/rules';
import { Random } from '../../../tools/lib/fuzz/random';
import { drawGift, levelUp } from '../../../tools/operator/gifts';

const draw = (seed: number) => {
  const random = new Random(seed);
  return Array.from({ length: 1_000 }, () => drawGift(random));
};

describe('the gifts of an operator', () => {
  it('are of every operation that gives something, each with what it needs, and the same for the same seed', () => {
    const drawn = draw(7);
    assert.deepEqual(draw(7), drawn);
    assert.notDeepEqual(draw(8), drawn);
    for (const { operation, fields } of drawn)
      readOperation(
        new Form(
          new URLSearchParams({ operation, ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)])) }),
        ),
      );
    const seen = new Set(drawn.map(({ operation }) => operation));
    assert.deepEqual(
      OPERATIONS.filter((operation) => !seen.has(operation)),
      ['setLevel', 'ban', 'unban'],
    );
  });

  it('are a level above what the player has, too', () => {
    const { operation, fields, maybeMore } = levelUp(3);
    assert.deepEqual(readOperation(new Form(new URLSearchParams({ operation, level: String(fields.level) }))), {
      name: 'setLevel',
      level: 8,
    });
    // All that the levels 1 to 7 take: 218, 704, 1136, 1712, 2450, 3368, 4484.
    assert.equal(maybeMore, 14_072);
  });
});
