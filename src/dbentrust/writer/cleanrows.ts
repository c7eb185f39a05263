/**
 * Clean rows that the writer keeps, and keys without a row; those that were not used for longest going first. Bounded by number and by bytes, so that memory stays flat whatever is read.
 *
 * Two generations: what is used goes to the young one; when that is full, the old one is dropped and the young one becomes it. So nobody searches for the oldest row.
 */
import type { Row } from '../port';
import type { RowState } from './table';

/** Of one generation. */
const MAX_ROWS = 10_000;
const MAX_BYTES = 32 * 1024 * 1024;
const ABSENT_BYTES = 200;

interface Generation {
  /** With their estimated size. */
  readonly rows: Map<RowState, number>;
  bytes: number;
  /** What of it the generation before left, because somebody works on it: does not count when it is asked whether this one is full, else each row that comes would look at all of those again. */
  left: { readonly rows: number; readonly bytes: number };
}

export class CleanRows {
  #young = generation();
  #old = generation();
  readonly #inUse: (row: RowState) => boolean;

  /** @param inUse whether somebody works on the row and counts on it that it stays */
  constructor(inUse: (row: RowState) => boolean) {
    this.#inUse = inUse;
  }

  get size(): number {
    return this.#young.rows.size + this.#old.rows.size;
  }

  /** Keeps a clean row, or marks it as used again. */
  keep(row: RowState): void {
    if (this.#young.rows.has(row)) return;
    this.#remove(this.#old, row);
    // A key that has no row is kept like a row: what is decided on its absence needs a version that stays.
    row.table.rows.set(row.key, row);
    this.#add(row, row.now ? sizeOf(row.now) : ABSENT_BYTES);
    const { rows, bytes, left } = this.#young;
    if (rows.size - left.rows >= MAX_ROWS || bytes - left.bytes >= MAX_BYTES) this.#turn();
  }

  /** The row becomes dirty: it is no longer this list's to drop. */
  take(row: RowState): void {
    if (!this.#remove(this.#young, row)) this.#remove(this.#old, row);
  }

  drop(row: RowState): void {
    this.take(row);
    forget(row);
  }

  #turn(): void {
    const { rows: oldest } = this.#old;
    this.#old = this.#young;
    this.#young = generation();
    for (const [row, bytes] of oldest) {
      if (this.#inUse(row)) this.#add(row, bytes);
      else forget(row);
    }
    this.#young.left = { rows: this.#young.rows.size, bytes: this.#young.bytes };
  }

  #add(row: RowState, bytes: number): void {
    this.#young.rows.set(row, bytes);
    this.#young.bytes += bytes;
  }

  #remove(generation: Generation, row: RowState): boolean {
    const bytes = generation.rows.get(row);
    if (bytes === undefined) return false;
    generation.rows.delete(row);
    generation.bytes -= bytes;
    return true;
  }
}

function generation(): Generation {
  return { rows: new Map(), bytes: 0, left: { rows: 0, bytes: 0 } };
}

function forget(row: RowState): void {
  const { table, key, version } = row;
  if (table.rows.get(key) !== row) return;
  table.rows.delete(key);
  if (version > table.coldVersion) table.coldVersion = version;
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
