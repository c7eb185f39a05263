/** What the admin page works out without a browser, and that nothing of it is forgotten. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Form } from '../../../app/admin/form';
import { OPERATIONS, readOperation } from '../../../app/admin/operations/rules';
import { PAGE_FILES } from '../../../app/admin/page';

const FOLDER = join(__dirname, '../../../app/admin/page');

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max?: number;
}
interface Offered {
  readonly name: string;
  readonly fields: readonly Field[];
}
interface Scale {
  byDay(rows: readonly object[], field: string): { date: string; value: number | null }[];
  topOf(values: readonly (number | null)[]): number;
  runsOf(values: readonly (number | null)[]): [number, number][][];
}

const load = <T>(file: string): Promise<T> => import(join(FOLDER, file));

describe('the admin page', () => {
  it('offers every operation, with the fields and the bounds that the node has', async () => {
    const { OPERATIONS: offered } = await load<{ OPERATIONS: readonly Offered[] }>('operations.mjs');
    assert.deepEqual(
      offered.map(({ name }) => name),
      OPERATIONS,
    );
    const read = (name: string, values: readonly (readonly [string, number])[]) => {
      const form = new URLSearchParams({ operation: name });
      for (const [field, value] of values) form.append(field, String(value));
      return readOperation(new Form(form));
    };
    for (const { name, fields } of offered) {
      read(
        name,
        fields.map((field) => [field.name, field.min] as const),
      );
      for (const one of fields) {
        if (one.max === undefined) continue;
        const max = one.max;
        const values = (more: number) => fields.map((field) => [field.name, field === one ? max + more : field.min] as const);
        read(name, values(0));
        assert.throws(() => read(name, values(1)), new RegExp(`^BadForm: ${one.name}`), name);
      }
    }
  });

  it('is served whole', () => {
    assert.deepEqual(
      readdirSync(FOLDER)
        .filter((file) => file !== 'index.html')
        .sort(),
      [...PAGE_FILES].sort(),
    );
  });

  it('leaves a gap where a day was not counted', async () => {
    const { byDay, runsOf } = await load<Scale>('scale.mjs');
    const days = byDay(
      [
        { recorddate: '2026-03-01', high: 7 },
        { recorddate: '2026-02-27', high: 5 },
      ],
      'high',
    );
    assert.deepEqual(days, [
      { date: '2026-02-27', value: 5 },
      { date: '2026-02-28', value: null },
      { date: '2026-03-01', value: 7 },
    ]);
    assert.deepEqual(runsOf(days.map(({ value }) => value)), [[[0, 5]], [[2, 7]]]);
    assert.deepEqual(byDay([], 'high'), []);
  });

  it('ends an axis at a round number that no value is above', async () => {
    const { topOf } = await load<Scale>('scale.mjs');
    for (const [most, top] of [
      [0, 1],
      [1, 1],
      [3, 5],
      [11, 20],
      [335, 500],
      [500, 500],
      [501, 1000],
      [0.3, 0.5],
    ] as const)
      assert.equal(topOf([null, 0, most]), top, String(most));
    assert.equal(topOf([]), 1);
  });
});
