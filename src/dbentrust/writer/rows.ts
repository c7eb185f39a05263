/**
 * The rows of all managed tables in the writer's memory: read through, bounded, shown when they are durable.
 *
 * Whoever reads a row from SQL holds its lock, so there is one state of it at a time. A change that needs nothing from SQL is made in one turn and takes no lock: it only looks that nobody holds it.
 */
import { JournalDown, QueueFull, RowRefused, StoreDown } from '../../errors';
import { itemName } from '../cache/cacheitem';
import type { RowCache } from '../cache/rowcache';
import type { VersionedRow } from '../change';
import type { Journal } from '../journal/contract';
import type { PkValue, Row } from '../port';
import { CleanRows, sizeOf } from './cleanrows';
import type { NextState } from './decide';
import type { DirtyRows } from './dirtyrows';
import { KeyedLock } from './keyedlock';
import type { RecoveredRow } from './recovery';
import { copyOf } from './rowcopy';
import type { RowReads } from './rowreads';
import type { ManagedTable, RowState } from './table';

/** Pieces of work that may wait for SQL or for each other. */
const UNDER_WAY = 65_536;

export interface RowsOptions {
  readonly reads: RowReads;
  readonly cache: RowCache;
  readonly journal: Journal;
  readonly dirty: DirtyRows;
  /** Most rows that may wait for SQL. */
  readonly dirtyBound: number;
}

/** A row by its key. */
export interface RowName {
  readonly table: ManagedTable;
  readonly pk: PkValue;
}

/** What readers are to see of a row. */
export interface Shown extends NextState {
  readonly version: number;
}

export class Rows {
  readonly locks = new KeyedLock('changes and reads under way in the writer', UNDER_WAY);
  readonly #options: RowsOptions;
  readonly #clean = new CleanRows((row) => !this.locks.isFree(lockOf(row)));
  /** Largest row the database takes. */
  #rowBytes = Number.POSITIVE_INFINITY;
  #stopped = false;
  /** Why changes are refused for a while, one for each who asked for it. */
  readonly #pauses = new Set<{ readonly why: string }>();

  constructor(options: RowsOptions) {
    this.#options = options;
  }

  get clean(): number {
    return this.#clean.size;
  }

  /** From now on larger rows are refused. */
  limitRow(bytes: number): void {
    this.#rowBytes = bytes;
  }

  /** From now on changes are refused. */
  stop(): void {
    this.#stopped = true;
  }

  /** Runs `body` while no change is taken; what is under way is decided before, or refused. */
  async without<T>(why: string, body: () => Promise<T>): Promise<T> {
    const pause = { why };
    this.#pauses.add(pause);
    try {
      return await body();
    } finally {
      this.#pauses.delete(pause);
    }
  }

  /** @throws JournalDown, StoreDown when no change is taken now */
  checkOpen(): void {
    if (this.#stopped) throw new JournalDown('the writer has stopped; the change was not made');
    for (const { why } of this.#pauses) throw new StoreDown(`${why}; the change was not made`);
  }

  /** Copies of rows in the order of `pks`. They are cached on the way. */
  async read(table: ManagedTable, pks: readonly PkValue[]): Promise<VersionedRow[]> {
    // Some may leave memory again while others are read, dropped or evicted: what was there or was read is shown, and not brought back.
    const there = new Map<string, RowState>();
    const absent: RowName[] = [];
    for (const pk of pks) {
      const row = table.rows.get(String(pk));
      if (row) there.set(row.key, row);
      else absent.push({ table, pk });
    }
    if (absent.length > 0) {
      const locks = new Set(absent.map(lockOf));
      for (const row of await this.locks.run([...locks], () => this.fetch(absent))) there.set(row.key, row);
    }
    let newest = 0;
    const shown = pks.map((pk) => {
      const row = (table.rows.get(String(pk)) ?? there.get(String(pk))) as RowState;
      if (row.dirty) {
        if (!table.relaxed && row.version > newest) newest = row.version;
      } else if (table.rows.get(row.key) === row) this.#clean.keep(row);
      return { row, now: row.now, version: row.version };
    });
    await this.durable(newest);
    return shown.map(({ row, now, version }) => {
      if (row.version === version && table.rows.get(row.key) === row) this.#options.cache.fill(itemName(table.name, row.pk), version, now);
      return { version, row: now && copyOf(now) };
    });
  }

  /** Settles when what has that version may be shown. @throws JournalFull, JournalDown when that cannot be waited for */
  async durable(version: number): Promise<void> {
    if (version > this.#options.journal.synced) await this.#options.journal.syncIfRoom(version);
  }

  /** The row's state, if it is in memory and nobody works on it. */
  atHand(name: RowName): RowState | undefined {
    const row = name.table.rows.get(String(name.pk));
    return row && (this.locks.size === 0 || this.locks.isFree(lockOf(name))) ? row : undefined;
  }

  /** The states of rows, read where they are not in memory. The caller holds their locks. */
  async fetch(names: readonly RowName[]): Promise<RowState[]> {
    const absent = new Map<ManagedTable, Map<string, PkValue>>();
    for (const { table, pk } of names) {
      if (table.rows.has(String(pk))) continue;
      const ofTable = absent.get(table);
      if (ofTable) ofTable.set(String(pk), pk);
      else absent.set(table, new Map([[String(pk), pk]]));
    }
    const fetched = new Map<ManagedTable, Map<string, RowState>>();
    for (const [table, wanted] of absent) fetched.set(table, await this.#select(table, wanted));
    return names.map(({ table, pk }) => {
      const key = String(pk);
      return (table.rows.get(key) ?? fetched.get(table)?.get(key)) as RowState;
    });
  }

  /**
   * Rows of a table as the journal has them, each once, laid over what memory and SQL have.
   *
   * @returns their states in that order; undefined for a changed row that SQL has no more, whose other fields nobody knows
   */
  async recover(table: ManagedTable, recovered: readonly RecoveredRow[]): Promise<(RowState | undefined)[]> {
    const inSql = recovered.filter(({ pk, isWhole }) => !isWhole && !table.rows.has(String(pk)));
    const fetched = await this.fetch(inSql.map(({ pk }) => ({ table, pk })));
    const bases = new Map(inSql.map((each, index) => [each, fetched[index]]));
    return recovered.map((each) => {
      const { pk, fields, isWhole, version } = each;
      const row = table.rows.get(String(pk)) ?? bases.get(each) ?? unread(table, pk, version);
      if (!isWhole && !row.now) return undefined;
      this.apply([{ row, next: fields && (isWhole ? fields : { ...row.now, ...fields }) }], version);
      return row;
    });
  }

  /** Whether there is room for what the rows become. @throws JournalDown, StoreDown, QueueFull, RowRefused */
  admit(states: readonly NextState[]): void {
    this.checkOpen();
    const { dirty, dirtyBound } = this.#options;
    let more = 0;
    for (const { row, next } of states) {
      if (!row.dirty) more += 1;
      if (next && this.#rowBytes !== Number.POSITIVE_INFINITY) this.#checkSize(row, next);
    }
    if (more > 0 && dirty.size + more > dirtyBound) throw new QueueFull('rows that wait for the database (dirtyRows)', dirtyBound);
  }

  /** Makes it so. To be called in the turn in which the journal gave that sequence. */
  apply(states: readonly NextState[], sequence: number): void {
    let more = 0;
    for (const { row, next } of states) {
      if (!row.table.dirty.has(row)) {
        more += 1;
        this.#clean.take(row);
      }
      row.table.apply(row, next, sequence);
    }
    this.#options.dirty.changed(states, more);
  }

  /** Brings what is durable to memcached; settles when readers see all of it, or nothing at all. */
  async show(rows: Iterable<Shown>): Promise<void> {
    const { cache } = this.#options;
    const sent = new Set<Promise<void>>();
    for (const { row, next, version } of rows) sent.add(cache.put(itemName(row.table.name, row.pk), version, next));
    await Promise.all(sent);
  }

  /** Somebody decided on an older version: memcached gets the one that is there, so that the next attempt finds it. */
  async refresh({ table, pk }: RowName): Promise<void> {
    const row = table.rows.get(String(pk));
    if (row && row.version <= this.#options.journal.synced) await this.#options.cache.put(itemName(table.name, pk), row.version, row.now);
  }

  /** Forgets the copies of a clean row, here and in memcached. @param mark appends a record: who reads the row from now on sees its sequence, or a higher version */
  async forget(name: RowName, mark: () => number): Promise<void> {
    const { table, pk } = name;
    await this.locks.run([lockOf(name)], async () => {
      const row = table.rows.get(String(pk));
      if (row?.dirty) return; // changed again, or refused by SQL: memory is the truth
      if (row) this.#clean.drop(row);
      const version = mark();
      table.coldVersion = Math.max(table.coldVersion, version);
      await this.#options.journal.sync(version);
      await this.#options.cache.remove(itemName(table.name, pk), version);
    });
  }

  /** The row left the quarantine, and its changes are forgotten: it is what SQL says. @param version higher than those it had */
  async dropped(row: RowState, version: number): Promise<void> {
    const { table, key, pk } = row;
    table.clean(row);
    if (table.rows.get(key) === row) table.rows.delete(key);
    table.coldVersion = Math.max(table.coldVersion, version);
    await this.#options.cache.remove(itemName(table.name, pk), version);
  }

  /** SQL holds the row now. */
  cleaned(row: RowState): void {
    this.#clean.keep(row);
  }

  #checkSize({ table, pk }: RowState, next: Row): void {
    const bytes = sizeOf(next);
    if (bytes <= this.#rowBytes) return;
    const reason = `the row takes ${bytes} bytes and the database ${this.#rowBytes}; raise the server's max_allowed_packet`;
    throw new RowRefused(table.name, pk, null, reason);
  }

  async #select(table: ManagedTable, wanted: ReadonlyMap<string, PkValue>): Promise<Map<string, RowState>> {
    const found = await this.#find(table, [...wanted.values()]);
    const rows = new Map<string, RowState>();
    for (const [key, pk] of wanted) {
      const now = found.get(key) ?? null;
      const row: RowState = { table, pk, key, now, stored: now, version: table.coldVersion, dirty: false };
      rows.set(key, row);
      this.#clean.keep(row);
    }
    return rows;
  }

  /** What SQL has of these rows. Without SQL it is known of ids that were granted here and not used. */
  async #find(table: ManagedTable, pks: readonly PkValue[]): Promise<ReadonlyMap<string, Row>> {
    const areUnused = pks.map((pk) => table.unusedIds.take(pk)).every((isUnused) => isUnused);
    try {
      return await this.#options.reads.select(table, pks);
    } catch (error) {
      if (error instanceof StoreDown && areUnused) return new Map();
      throw error;
    }
  }
}

/** A row of which nobody has looked what SQL has. */
function unread(table: ManagedTable, pk: PkValue, version: number): RowState {
  return { table, pk, key: String(pk), now: null, stored: undefined, version, dirty: false };
}

/** The lock of a row. */
export function lockOf({ table, pk }: RowName): string {
  return `row ${table.name} ${pk}`;
}
