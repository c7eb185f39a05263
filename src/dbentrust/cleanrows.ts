/** Clean rows that the writer keeps, and keys without a row; the least recently used going first. Bounded by number and by bytes, so that memory stays flat whatever is read. */
import type { Row } from './port';
import type { RowState } from './table';

const MAX_ROWS = 20_000;
const MAX_BYTES = 64 * 1024 * 1024;
const ABSENT_BYTES = 200;

export class CleanRows {
  /** With their estimated size; the order of the map is the order of use. */
  readonly #rows = new Map<RowState, number>();
  readonly #inUse: (row: RowState) => boolean;
  #bytes = 0;

  /** @param inUse whether somebody works on the row and counts on it that it stays */
  constructor(inUse: (row: RowState) => boolean) {
    this.#inUse = inUse;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** Keeps a clean row, or marks it as used again. */
  keep(row: RowState): void {
    this.take(row);
    // A key that has no row is kept like a row: what is decided on its absence needs a version that stays.
    row.table.rows.set(row.key, row);
    this.#add(row, row.now ? sizeOf(row.now) : ABSENT_BYTES);
    for (const [oldest, bytes] of this.#rows) {
      if (this.#rows.size <= MAX_ROWS && this.#bytes <= MAX_BYTES) return;
      if (!this.#inUse(oldest)) {
        this.drop(oldest);
        continue;
      }
      // It goes to the end, and the next row that comes looks for another.
      this.take(oldest);
      this.#add(oldest, bytes);
      return;
    }
  }

  #add(row: RowState, bytes: number): void {
    this.#rows.set(row, bytes);
    this.#bytes += bytes;
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
