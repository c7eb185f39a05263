/** Keys as rows hold them, whatever a game or a client gave: numbers as text, and the other way round. Pure. */
import { PKValueError } from '../../errors';
import type { PkValue } from '../port';
import type { ColumnInfo } from '../sql/store';
import { checkCharacters, smallest } from './values';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** A key in the form rows hold it. One that no statement can ask for would fail for all whose rows it asks for. @throws PKValueError */
export function pkValue(table: string, column: ColumnInfo, value: unknown): PkValue {
  if (column.type === 'text') {
    if (typeof value === 'string') return textKey(table, column, value);
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  } else if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return value + 0; // -0 is 0
  } else if (typeof value === 'bigint' || (typeof value === 'string' && /^-?\d{1,20}$/.test(value))) {
    const exact = BigInt(value);
    const isUnsigned = column.max !== undefined && column.max > MAX_INT64;
    if (exact >= MIN_INT64 && exact <= (isUnsigned ? (column.max as bigint) : MAX_INT64)) return smallest(exact);
  }
  throw new PKValueError(
    `${table}: ${value === null ? 'null' : typeof value === 'object' ? 'an object' : `${typeof value} ${String(value)}`} is no key of this table`,
  );
}

function textKey(table: string, column: ColumnInfo, value: string): string {
  try {
    checkCharacters(column, value);
    return value;
  } catch (error) {
    throw new PKValueError(`${table}: the key ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
}
