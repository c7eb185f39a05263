/** Clean rows that the writer keeps, and keys without a row; the least recently used going first. Bounded by number and by bytes, so that memory stays flat whatever is read. */
import type { Row } from './port';
import type { RowState } from './table';

const MAX_ROWS = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;
const ABSENT_BYTES = 200;

export class CleanRows {
  /** With their estimated size; the order of the map is the order of use. */
  readonly #rows = new Map<RowState, number>();
  #bytes = 0;

  get size(): number {
    return this.#rows.size;
  }

  /** Keeps a clean row, or marks it as used again. */
  keep(row: RowState): void {
    this.take(row);
    // A key that has no row is kept like a row: what is decided on its absence needs a version that stays.
    const bytes = row.now ? sizeOf(row.now) : ABSENT_BYTES;
    row.table.rows.set(row.key, row);
    this.#rows.set(row, bytes);
    this.#bytes += bytes;
    for (const oldest of this.#rows.keys()) {
      if (this.#rows.size <= MAX_ROWS && this.#bytes <= MAX_BYTES) return;
      this.drop(oldest);
    }
  }

  /** The row becomes dirty: it is no longer this list's to drop. */
  take(row: RowState): void {
    this.#bytes -= this.#rows.get(row) ?? 0;
    this.#rows.delete(row);
  }

  drop(row: RowState): void {
    const { table, key, version } = row;
    this.take(row);
    if (table.rows.get(key) !== row) return;
    table.rows.delete(key);
    if (version > table.coldVersion) table.coldVersion = version;
  }
}

/** Roughly what a row takes in memory and, as text, in a statement. */
export function sizeOf(row: Row): number {
  let bytes = 200;
  for (const name in row) {
    const value = row[name];
    bytes += 16;
    if (typeof value === 'string') bytes += value.length * 2;
    else if (Buffer.isBuffer(value)) bytes += value.length;
  }
  return bytes;
}
