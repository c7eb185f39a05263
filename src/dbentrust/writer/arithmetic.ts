/** Adding to a column's value, exactly, within the caller's bounds. Pure. */
import type { ColumnInfo, SqlValue } from '../sql/store';
import { checkValue, smallest, ValueRefused } from './values';

export interface Increment {
  readonly by: number | bigint;
  readonly min?: number | bigint | undefined;
  readonly max?: number | bigint | undefined;
}

/** @returns the new value in the form rows hold it @throws ValueRefused with the reason */
export function incremented(column: ColumnInfo, now: SqlValue, { by, min, max }: Increment): SqlValue {
  if (column.type !== 'int' && column.type !== 'float') throw new ValueRefused(`${column.sqlType} cannot be incremented; use transaction`);
  if (now === null) throw new ValueRefused('is NULL, which cannot be incremented');
  const sum = column.type === 'int' ? integerSum(now, by) : Number(now) + Number(by);
  checkBound('min', min);
  checkBound('max', max);
  if (min !== undefined && sum < min) throw new ValueRefused(`would be ${sum}, below ${min}`);
  if (max !== undefined && sum > max) throw new ValueRefused(`would be ${sum}, above ${max}`);
  return checkValue(column, sum);
}

/** With NaN every comparison would be false, and nothing be bounded. */
function checkBound(name: 'min' | 'max', bound: unknown): void {
  if (bound === undefined || typeof bound === 'bigint' || (typeof bound === 'number' && !Number.isNaN(bound))) return;
  throw new ValueRefused(`the bound ${name} is no number`);
}

function integerSum(now: SqlValue, by: number | bigint): number | bigint {
  if (typeof by === 'number' && !Number.isSafeInteger(by)) throw new ValueRefused(`${by} is not an integer`);
  if (typeof now === 'number' && typeof by === 'number') {
    const sum = now + by;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return smallest(BigInt(now as number | bigint) + BigInt(by));
}
