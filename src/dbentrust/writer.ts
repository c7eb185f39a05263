/**
 * The one place where rows of managed tables change. Lives in dbfront; every other node reaches it through its `DataPort`.
 *
 * A change is checked, made in memory, brought to memcached and acknowledged; SQL follows with the next flush. Changes of one row happen in the order in which they arrive.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '../config/config';
import { NoSuchRow, NotManaged, QueueFull, RowRefused, StartFailed, StoreDown } from '../errors';
import type { Logger } from '../log/log';
import type { Count, Metrics } from '../metrics/metrics';
import type { MemClient } from './cache/memclient';
import { itemName } from './cacheitem';
import { CleanRows, sizeOf } from './cleanrows';
import { Flusher } from './flusher';
import { createIdTable, MAX_BLOCK, takeIds } from './ids';
import { KeyedLock } from './keyedlock';
import type { DataPort, FlushReport, IdBlock, PkValue, TableDef, TableShape } from './port';
import { RowCache } from './rowcache';
import { RowReads } from './rowreads';
import type { ColumnInfo, Row, SqlResult, SqlStore, SqlValue, TableInfo } from './sql/store';
import { checkStatement } from './statement';
import { copyOf, ManagedTable, type RowState } from './table';

/** Changes and reads that may be under way at once. */
const UNDER_WAY = 65_536;
/** How long a stop tries a database that does not answer. */
const STOP_MS = 5_000;
const STOP_RETRY_MS = 200;
/** What a statement around a row may take of the server's packet. */
const PACKET_HEAD = 64 * 1024;
const MAX_INT64 = 2n ** 63n - 1n;

export interface WriterOptions {
  readonly store: SqlStore;
  readonly cache: MemClient | undefined;
  readonly limits: Limits;
  readonly log: Logger;
  readonly metrics: Metrics;
}

export interface WriterStats {
  readonly tables: number;
  readonly dirtyRows: number;
  readonly cleanRows: number;
  /** Changes and reads that are not answered yet. */
  readonly underWay: number;
  readonly cacheUsable: boolean;
}

export class Writer implements DataPort {
  readonly #store: SqlStore;
  readonly #limits: Limits;
  readonly #log: Logger;
  readonly #tables = new Map<string, ManagedTable>();
  /** Lower-case names of what `query` may not write. */
  readonly #guarded = new Set<string>(['firefly_ids']);
  readonly #locks = new KeyedLock('changes and reads under way in the writer', UNDER_WAY);
  readonly #clean = new CleanRows();
  readonly #cache: RowCache;
  readonly #flusher: Flusher;
  readonly #reads: RowReads;
  readonly #refused: Count;
  readonly #flushed: Count;
  #rowBytes = Number.POSITIVE_INFINITY;
  #sequence = 0;
  #dirty = 0;
  #stopped = false;

  constructor({ store, cache, limits, log, metrics }: WriterOptions) {
    this.#store = store;
    this.#limits = limits;
    this.#log = log;
    this.#cache = new RowCache(cache, log);
    this.#flushed = metrics.counter('firefly_rows_flushed_total', 'Rows that became clean by a flush');
    this.#refused = metrics.counter('firefly_rows_refused_total', 'Changes refused before they were acknowledged');
    const failures = metrics.counter('firefly_flush_failures_total', 'Flushes that the database did not take');
    this.#flusher = new Flusher({
      store,
      tables: this.#tables,
      intervalMs: limits.flushIntervalMs,
      rows: limits.flushRows,
      log,
      cleaned: (row) => this.#cleaned(row),
      failed: () => failures.inc(),
    });
    this.#reads = new RowReads(store, this.#flusher);
    metrics.gauge('firefly_dirty_rows', 'Rows whose last change is not in SQL yet', () => this.#dirty);
    metrics.gauge('firefly_clean_rows', 'Rows kept in memory that SQL holds too', () => this.#clean.size);
    metrics.gauge('firefly_writer_under_way', 'Changes and reads that are not answered yet', () => this.#locks.size);
  }

  get stats(): WriterStats {
    return {
      tables: this.#tables.size,
      dirtyRows: this.#dirty,
      cleanRows: this.#clean.size,
      underWay: this.#locks.size,
      cacheUsable: this.#cache.usable,
    };
  }

  /** @throws StoreDown when the database cannot be reached */
  async start(): Promise<void> {
    await createIdTable(this.#store);
    if (this.#store.dialect === 'mysql') {
      // A BLOB doubles in the text of a statement; a row that the server's packet cannot hold must be refused before it is acknowledged.
      const { rows } = await this.#store.query('SELECT @@max_allowed_packet AS bytes');
      this.#rowBytes = Math.floor(Number(rows[0]?.bytes) / 2) - PACKET_HEAD;
    }
    await this.#cache.start();
    this.#flusher.start();
  }

  /**
   * Refuses further changes, writes what is dirty and ends. What is dirty after that is lost with the process: until there is a journal, SQL is the only thing that outlives it.
   *
   * @param tryMs how long a database that does not answer is tried
   * @throws StoreDown when the database took nothing
   */
  async stop(tryMs = STOP_MS): Promise<FlushReport> {
    this.#stopped = true;
    this.#flusher.stop();
    const deadline = performance.now() + tryMs;
    try {
      for (;;) {
        try {
          return await this.#flusher.flush();
        } catch (error) {
          if (performance.now() >= deadline) throw error;
          await delay(STOP_RETRY_MS);
        }
      }
    } finally {
      if (this.#dirty > 0) {
        this.#log.error(
          { event: 'rows lost', rows: this.#dirty },
          `stopped with ${this.#dirty} acknowledged rows that the database did not take`,
        );
      }
      await this.#cache.stop();
    }
  }

  async manage(def: TableDef): Promise<TableShape> {
    return this.#locks.run([`manage ${def.table}`], async () => {
      const known = this.#tables.get(def.table);
      if (known) {
        known.extend(def);
        return known.shape();
      }
      const info = await this.#store.describe(def.table);
      if (!info) throw new StartFailed(`there is no table ${def.table} in the database; make it by a migration, or correct the name`);
      const table = new ManagedTable(def, this.#store.dialect === 'sqlite' ? within64Bits(info) : info);
      this.#tables.set(def.table, table);
      this.#guarded.add(def.table.toLowerCase());
      return table.shape();
    });
  }

  async load(table: string, pks: readonly PkValue[]): Promise<(Row | null)[]> {
    const managed = this.#table(table);
    const wanted = pks.map((pk) => managed.pkOf(pk));
    const absent = new Map<string, PkValue>();
    for (const pk of wanted) if (!managed.rows.has(String(pk))) absent.set(String(pk), pk);
    const read = new Map<string, RowState>();
    if (absent.size > 0) {
      const locks = [...absent.keys()].map((key) => rowLock(managed, key));
      await this.#locks.run(locks, () => this.#fetch(managed, absent, read));
    }
    return wanted.map((pk) => {
      // Of very many rows some are dropped from memory again before this line: what was read counts.
      const row = managed.rows.get(String(pk)) ?? read.get(String(pk));
      if (!row?.now) return null;
      if (!row.dirty) this.#clean.keep(row);
      this.#cache.fill(itemName(table, pk), row.version, row.now);
      return copyOf(row.now);
    });
  }

  async pksByFk(table: string, fk: PkValue): Promise<PkValue[]> {
    const managed = this.#table(table);
    return this.#reads.pksByFk(managed, managed.fkOf(fk));
  }

  async insert(table: string, row: Row): Promise<Row> {
    const managed = this.#table(table);
    const given = this.#checked(managed, null, row);
    const complete = await this.#reads.complete(managed, given, async () => (await this.ids(table, 1)).first);
    const pk = managed.pkOf(complete[managed.pk.name]);
    await this.#change(managed, pk, (now) => {
      if (now) throw this.#refuse(new RowRefused(table, pk, managed.pk.name, 'a row with this primary key is there already'));
      return complete;
    });
    return copyOf(complete);
  }

  async update(table: string, pk: PkValue, fields: Row): Promise<void> {
    const managed = this.#table(table);
    const key = managed.pkOf(pk);
    const changes = this.#checked(managed, key, fields);
    const renamed = changes[managed.pk.name];
    if (renamed !== undefined && String(renamed) !== String(key)) {
      throw this.#refuse(
        new RowRefused(table, key, managed.pk.name, 'a primary key does not change; insert a new row and delete this one'),
      );
    }
    await this.#change(managed, key, (now) => {
      if (!now) throw new NoSuchRow(table, key);
      return { ...now, ...changes };
    });
  }

  async delete(table: string, pk: PkValue): Promise<void> {
    const managed = this.#table(table);
    const key = managed.pkOf(pk);
    await this.#change(managed, key, (now) => {
      if (!now) throw new NoSuchRow(table, key);
      return null;
    });
  }

  async ids(table: string, count: number): Promise<IdBlock> {
    const managed = this.#table(table);
    if (!Number.isInteger(count) || count < 1 || count > MAX_BLOCK)
      throw new RangeError(`${table}: a block has 1 to ${MAX_BLOCK} ids, not ${count}`);
    return this.#locks.run([`ids ${table}`], async () => {
      const block = await takeIds(this.#store, managed, count);
      managed.topId = block.first + block.count - 1;
      return block;
    });
  }

  async query(sql: string, params: readonly SqlValue[] = [], options: { readonly fresh?: boolean } = {}): Promise<SqlResult> {
    checkStatement(sql, (table) => this.#guarded.has(table));
    if (options.fresh) await this.#flusher.flush();
    return this.#store.query(sql, params);
  }

  async flush(table?: string): Promise<FlushReport> {
    return this.#flusher.flush(table === undefined ? undefined : this.#table(table));
  }

  async evict(table: string, pk: PkValue): Promise<void> {
    const managed = this.#table(table);
    const key = managed.pkOf(pk);
    await this.#flusher.flush(managed);
    await this.#locks.run([rowLock(managed, String(key))], async () => {
      const row = managed.rows.get(String(key));
      if (row?.dirty) return; // changed again, or refused by SQL: memory is the truth
      if (row) this.#clean.drop(row);
      await this.#cache.put(itemName(table, key), ++this.#sequence, null);
    });
  }

  /** One change of one row, after all earlier ones of that row. */
  async #change(table: ManagedTable, pk: PkValue, change: (now: Row | null) => Row | null): Promise<void> {
    const { cached } = await this.#locks.run([rowLock(table, String(pk))], async () => {
      const row = await this.#rowOf(table, pk);
      const next = change(row.now);
      this.#checkSize(row, next);
      const taken = next ? table.newUniqueValues(row.now, next) : [];
      if (!next || taken.length === 0) return this.#apply(row, next);
      const locks = taken.map(({ key, form }) => `unique ${table.name} ${key.name} ${form}`);
      return this.#locks.run(locks, async () => {
        for (const value of taken) await this.#reads.checkFree(row, value).catch((error) => Promise.reject(this.#refuse(error)));
        return this.#apply(row, next);
      });
    });
    await cached;
  }

  /**
   * Makes a checked change real; what it returns settles when readers see it, and then the change is acknowledged.
   *
   * The journal of DESIGN section 8 is appended to and synced here, before the cache is touched; until then an acknowledged change survives any process but this one.
   */
  #apply(row: RowState, next: Row | null): { readonly cached: Promise<void> } {
    if (this.#stopped) throw new StoreDown('the writer has stopped; the change was not made');
    if (!row.dirty) {
      if (this.#dirty >= this.#limits.dirtyRows) throw new QueueFull('rows that wait for the database (dirtyRows)', this.#limits.dirtyRows);
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
    throw this.#refuse(new RowRefused(table.name, pk, null, reason));
  }

  #cleaned(row: RowState): void {
    this.#dirty -= 1;
    this.#flushed.inc();
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

  #checked(table: ManagedTable, pk: PkValue | null, fields: Row): Row {
    try {
      return table.check(pk, fields);
    } catch (error) {
      throw this.#refuse(error);
    }
  }

  #refuse<E>(error: E): E {
    if (error instanceof RowRefused) this.#refused.inc();
    return error;
  }

  #table(name: string): ManagedTable {
    const table = this.#tables.get(name);
    if (!table) throw new NotManaged(name);
    return table;
  }
}

/** SQLite has no unsigned integers of 64 bits: what it cannot hold is refused before it is acknowledged. */
function within64Bits(info: TableInfo): TableInfo {
  const columns = [...info.columns].map(([name, column]): [string, ColumnInfo] => [
    name,
    column.max !== undefined && column.max > MAX_INT64 ? { ...column, max: MAX_INT64 } : column,
  ]);
  return { ...info, columns: new Map(columns) };
}

/** The row that a lock stands for. */
function rowLock(table: ManagedTable, key: string): string {
  return `row ${table.name} ${key}`;
}
