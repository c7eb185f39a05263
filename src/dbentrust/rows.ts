/**
 * The rows of all managed tables in the writer's memory: read through, changed one at a time, bounded.
 *
 * Whoever reads a row from SQL or changes it holds the row's lock, so there is one state of it at a time; changes happen in the order in which they arrive.
 */
import { QueueFull, RowRefused, StoreDown } from '../errors';
import { itemName } from './cacheitem';
import { CleanRows, sizeOf } from './cleanrows';
import { KeyedLock } from './keyedlock';
import type { PkValue, Row } from './port';
import type { RowCache } from './rowcache';
import type { RowReads } from './rowreads';
import { copyOf, type ManagedTable, type RowState } from './table';

/** Changes and reads that may be under way at once. */
const UNDER_WAY = 65_536;

export class Rows {
  readonly #reads: RowReads;
  readonly #cache: RowCache;
  readonly #dirtyBound: number;
  readonly #locks = new KeyedLock('changes and reads under way in the writer', UNDER_WAY);
  readonly #clean = new CleanRows();
  /** Largest row the database takes. */
  #rowBytes = Number.POSITIVE_INFINITY;
  #sequence = 0;
  #dirty = 0;
  #stopped = false;

  /** @param dirtyBound most rows that may wait for SQL */
  constructor(reads: RowReads, cache: RowCache, dirtyBound: number) {
    this.#reads = reads;
    this.#cache = cache;
    this.#dirtyBound = dirtyBound;
  }

  get dirty(): number {
    return this.#dirty;
  }

  get clean(): number {
    return this.#clean.size;
  }

  /** Changes and reads that are not answered yet. */
  get underWay(): number {
    return this.#locks.size;
  }

  /** From now on larger rows are refused. */
  limitRow(bytes: number): void {
    this.#rowBytes = bytes;
  }

  /** From now on changes are refused. */
  stop(): void {
    this.#stopped = true;
  }

  /** Copies of rows in the order of `pks`, null where there is none. They are cached on the way. */
  async read(table: ManagedTable, pks: readonly PkValue[]): Promise<(Row | null)[]> {
    const absent = new Map<string, PkValue>();
    for (const pk of pks) if (!table.rows.has(String(pk))) absent.set(String(pk), pk);
    const read = new Map<string, RowState>();
    if (absent.size > 0) {
      const locks = [...absent.keys()].map((key) => rowLock(table, key));
      await this.#locks.run(locks, () => this.#fetch(table, absent, read));
    }
    return pks.map((pk) => {
      const known = table.rows.get(String(pk));
      // Of very many rows some are dropped from memory again before this line: what was read counts.
      const row = known ?? read.get(String(pk));
      if (!row?.now) return null;
      if (known && !known.dirty) this.#clean.keep(known);
      this.#cache.fill(itemName(table.name, pk), row.version, row.now);
      return copyOf(row.now);
    });
  }

  /**
   * One change of one row, after all earlier ones of that row. Settles when it may be acknowledged.
   *
   * @param change from what the row is (null: it is not) to what it shall be; may refuse by throwing
   * @throws RowRefused when a unique value is taken or the row too large, QueueFull
   */
  async change(table: ManagedTable, pk: PkValue, change: (now: Row | null) => Row | null): Promise<void> {
    const { cached } = await this.#locks.run([rowLock(table, String(pk))], async () => {
      const row = await this.#rowOf(table, pk);
      const next = change(row.now);
      this.#checkSize(row, next);
      const taken = next ? table.newUniqueValues(row.now, next) : [];
      if (!next || taken.length === 0) return this.#apply(row, next);
      const locks = taken.map(({ key, form }) => `unique ${table.name} ${key.name} ${form}`);
      return this.#locks.run(locks, async () => {
        for (const value of taken) await this.#reads.checkFree(row, value);
        return this.#apply(row, next);
      });
    });
    await cached;
  }

  /** Forgets the copies of a clean row, here and in memcached. */
  async forget(table: ManagedTable, pk: PkValue): Promise<void> {
    await this.#locks.run([rowLock(table, String(pk))], async () => {
      const row = table.rows.get(String(pk));
      if (row?.dirty) return; // changed again, or refused by SQL: memory is the truth
      if (row) this.#clean.drop(row);
      this.#sequence += 1;
      await this.#cache.put(itemName(table.name, pk), this.#sequence, null);
    });
  }

  /**
   * Makes a checked change real; what it returns settles when readers see it, and then the change is acknowledged.
   *
   * The journal of DESIGN section 8 is appended to and synced here, before the cache is touched; until then an acknowledged change survives any process but this one.
   */
  #apply(row: RowState, next: Row | null): { readonly cached: Promise<void> } {
    if (this.#stopped) throw new StoreDown('the writer has stopped; the change was not made');
    if (!row.dirty) {
      if (this.#dirty >= this.#dirtyBound) throw new QueueFull('rows that wait for the database (dirtyRows)', this.#dirtyBound);
      this.#dirty += 1;
      this.#clean.take(row);
    }
    this.#sequence += 1;
    row.table.apply(row, next, this.#sequence);
    return { cached: this.#cache.put(itemName(row.table.name, row.pk), row.version, next) };
  }

  #checkSize({ table, pk }: RowState, next: Row | null): void {
    const bytes = next ? sizeOf(next) : 0;
    if (bytes <= this.#rowBytes) return;
    const reason = `the row takes ${bytes} bytes and the database ${this.#rowBytes}; raise the server's max_allowed_packet`;
    throw new RowRefused(table.name, pk, null, reason);
  }

  /** SQL holds the row now. */
  cleaned(row: RowState): void {
    this.#dirty -= 1;
    this.#clean.keep(row);
  }

  /** Reads rows that are not in memory. The caller holds their locks, so none of them changes meanwhile. */
  async #fetch(table: ManagedTable, absent: ReadonlyMap<string, PkValue>, into: Map<string, RowState>): Promise<void> {
    const wanted = new Map([...absent].filter(([key]) => !table.rows.has(key)));
    const found = await this.#reads.select(table, [...wanted.values()]);
    for (const [key, pk] of wanted) {
      const now = found.get(key) ?? null;
      const row: RowState = { table, pk, key, now, stored: now, version: this.#sequence, dirty: false };
      into.set(key, row);
      if (now) this.#clean.keep(row);
    }
  }

  /** The row of a change. The caller holds its lock. */
  async #rowOf(table: ManagedTable, pk: PkValue): Promise<RowState> {
    const key = String(pk);
    const known = table.rows.get(key);
    if (known) return known;
    const read = new Map<string, RowState>();
    await this.#fetch(table, new Map([[key, pk]]), read);
    return read.get(key) ?? { table, pk, key, now: null, stored: null, version: this.#sequence, dirty: false };
  }
}

/** The row that a lock stands for. */
function rowLock(table: ManagedTable, key: string): string {
  return `row ${table.name} ${key}`;
}
