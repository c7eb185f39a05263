/** A data table: its rows by id, in the order of the file. */
import { BadData } from './baddata';
import { Row } from './row';

export type Table<T> = ReadonlyMap<number, T>;

/**
 * Reads a table.
 *
 * @param rows a list of objects, each with an `id` from 1
 * @param read makes of a row what the game works with; it has to read every field
 * @throws BadData naming table, id and field of the first mistake
 */
export function readTable<T>(table: string, rows: unknown, read: (row: Row) => T): Table<T> {
  if (!Array.isArray(rows)) throw new BadData(table, '-', 'rows', 'must be a list');
  const result = new Map<number, T>();
  rows.forEach((fields: unknown, place) => {
    const row = new Row(table, idOf(table, fields, place), Object(fields));
    if (result.has(row.integer('id'))) row.fail('id', 'is there twice');
    result.set(row.id, read(row));
    row.finish();
  });
  return result;
}

function idOf(table: string, fields: unknown, place: number): number {
  const id: unknown = typeof fields === 'object' && fields !== null && 'id' in fields ? fields.id : undefined;
  if (typeof id === 'number' && Number.isInteger(id) && id > 0) return id;
  throw new BadData(table, `(row ${place + 1})`, 'id', 'must be a whole number from 1');
}
