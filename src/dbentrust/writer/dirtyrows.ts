/**
 * What has not reached SQL: the dirty rows of all tables, which of them changed together, and the ids that were granted.
 *
 * The flusher takes it in cuts. Writes nothing itself.
 */

import type { Cut, FlushSource } from '../flush/flushsource';
import type { FrozenRow } from '../flush/quarantine';
import type { NextState } from './decide';
import type { ManagedTable, RowState } from './table';

/** Groups that are kept one by one; more are joined where they share rows. */
const GROUPS = 20_000;

export interface DirtyRowsOptions {
  readonly tables: ReadonlyMap<string, ManagedTable>;
  /** Up to where the journal is in the rows. */
  readonly position: () => number;
  readonly durable: (position: number) => Promise<void>;
  /** Called for each row that became clean. */
  readonly cleaned: (row: RowState) => void;
  /** Called for a row that left the quarantine with its changes; it is clean. */
  readonly released: (row: RowState) => void;
  /** Called for a row whose changes are forgotten: it is what is `stored`. */
  readonly dropped: (row: RowState) => void;
}

export class DirtyRows implements FlushSource {
  readonly #options: DirtyRowsOptions;
  #groups: (readonly RowState[])[] = [];
  /** Those of the cut that was taken last, until it is committed. */
  #taken: (readonly RowState[])[] = [];
  readonly #ids = new Map<string, number>();
  #applied: number;
  #size = 0;

  /** @param applied what SQL holds already */
  constructor(options: DirtyRowsOptions, applied: number) {
    this.#options = options;
    this.#applied = applied;
  }

  /** Rows that wait for SQL. */
  get size(): number {
    return this.#size;
  }

  /** Rows were changed, together. */
  changed(states: readonly NextState[], becameDirty: number): void {
    this.#size += becameDirty;
    if (states.length < 2) return;
    this.#groups.push(states.map(({ row }) => row));
    if (this.#groups.length > GROUPS + this.#size) this.#groups = joined(this.#groups);
  }

  /** Ids of the table are granted up to that one. */
  granted(table: string, last: number): void {
    this.#ids.set(table, last);
  }

  take(): Cut | undefined {
    const position = this.#options.position();
    if (position <= this.#applied && this.#size === 0) return undefined;
    const images = [];
    for (const table of this.#options.tables.values()) {
      for (const row of table.dirty) images.push({ row, now: row.now, version: row.version });
    }
    this.#taken = this.#taken.concat(this.#groups);
    this.#groups = [];
    return { position, images, groups: this.#taken, ids: new Map(this.#ids) };
  }

  durable(position: number): Promise<void> {
    return this.#options.durable(position);
  }

  committed(cut: Cut, frozen: ReadonlyMap<RowState, string>): void {
    this.#applied = Math.max(this.#applied, cut.position);
    this.#taken = [];
    for (const [table, last] of cut.ids) if (this.#ids.get(table) === last) this.#ids.delete(table);
    for (const { row, now, version } of cut.images) {
      const reason = frozen.get(row);
      if (reason === undefined) row.stored = now;
      if (row.version !== version) continue; // changed during the flush: still dirty, and the next cut's
      this.#size -= 1;
      if (reason !== undefined) {
        row.table.freeze(row, reason);
      } else {
        row.table.clean(row);
        this.#options.cleaned(row);
      }
    }
  }

  failed(): void {
    // Nothing was taken out, so nothing has to be brought back.
  }

  thawed(rows: readonly FrozenRow[], how: 'written' | 'dropped'): void {
    for (const { table, pk, version } of rows) {
      const row = this.#options.tables.get(table)?.rows.get(String(pk));
      if (row?.frozen === undefined || row.version !== version) continue;
      if (how === 'dropped') {
        this.#options.dropped(row);
      } else {
        row.table.clean(row);
        this.#options.cleaned(row);
        this.#options.released(row);
      }
    }
  }
}

/** Groups that share a row, made one. */
function joined(groups: readonly (readonly RowState[])[]): RowState[][] {
  const parents = new Map<RowState, RowState>();
  const rootOf = (row: RowState): RowState => {
    let root = row;
    for (let parent = parents.get(root); parent && parent !== root; parent = parents.get(root)) root = parent;
    parents.set(row, root);
    return root;
  };
  for (const [first, ...others] of groups) {
    if (first) for (const row of others) parents.set(rootOf(row), rootOf(first));
  }
  const sets = new Map<RowState, RowState[]>();
  for (const row of parents.keys()) {
    const root = rootOf(row);
    const set = sets.get(root);
    if (set) set.push(row);
    else sets.set(root, [row]);
  }
  return [...sets.values()];
}
