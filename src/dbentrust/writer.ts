/**
 * The one place where rows of managed tables change. Lives in dbfront; every other node reaches it through its `DataPort`.
 *
 * A change is checked, made in memory, brought to memcached and acknowledged; SQL follows with the next flush. Changes of one row happen in the order in which they arrive.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '../config/config';
import { NoSuchRow, NotManaged, RowRefused, StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Count, Metrics } from '../metrics/metrics';
import type { MemClient } from './cache/memclient';
import { Flusher } from './flusher';
import { createIdTable, MAX_BLOCK, takeIds } from './ids';
import { KeyedLock } from './keyedlock';
import type { DataPort, FlushReport, IdBlock, PkValue, TableDef, TableShape } from './port';
import { RowCache } from './rowcache';
import { RowReads } from './rowreads';
import { Rows } from './rows';
import type { ColumnInfo, Row, SqlResult, SqlStore, SqlValue, TableInfo } from './sql/store';
import { checkStatement } from './statement';
import { copyOf, ManagedTable } from './table';

/** Registrations and requests for ids that may wait. */
const UNDER_WAY = 4_096;
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
  readonly #log: Logger;
  readonly #tables = new Map<string, ManagedTable>();
  /** Lower-case names of what `query` may not write. */
  readonly #guarded = new Set<string>(['firefly_ids', 'firefly_lease_holders']);
  /** Registrations and blocks of ids, one at a time a table. */
  readonly #locks = new KeyedLock('registrations and blocks of ids', UNDER_WAY);
  readonly #cache: RowCache;
  readonly #flusher: Flusher;
  readonly #reads: RowReads;
  readonly #rows: Rows;
  readonly #refused: Count;

  constructor({ store, cache, limits, log, metrics }: WriterOptions) {
    this.#store = store;
    this.#log = log;
    this.#cache = new RowCache(cache, log);
    const flushed = metrics.counter('firefly_rows_flushed_total', 'Rows that became clean by a flush');
    this.#refused = metrics.counter('firefly_rows_refused_total', 'Changes refused before they were acknowledged');
    const failures = metrics.counter('firefly_flush_failures_total', 'Flushes that the database did not take');
    this.#flusher = new Flusher({
      store,
      tables: this.#tables,
      intervalMs: limits.flushIntervalMs,
      rows: limits.flushRows,
      log,
      cleaned: (row) => {
        flushed.inc();
        this.#rows.cleaned(row);
      },
      failed: () => failures.inc(),
    });
    this.#reads = new RowReads(store, this.#flusher);
    this.#rows = new Rows(this.#reads, this.#cache, limits.dirtyRows);
    metrics.gauge('firefly_dirty_rows', 'Rows whose last change is not in SQL yet', () => this.#rows.dirty);
    metrics.gauge('firefly_clean_rows', 'Rows kept in memory that SQL holds too', () => this.#rows.clean);
    metrics.gauge('firefly_writer_under_way', 'Changes and reads that are not answered yet', () => this.#rows.underWay);
  }

  get stats(): WriterStats {
    return {
      tables: this.#tables.size,
      dirtyRows: this.#rows.dirty,
      cleanRows: this.#rows.clean,
      underWay: this.#rows.underWay,
      cacheUsable: this.#cache.usable,
    };
  }

  /** @throws StoreDown when the database cannot be reached */
  async start(): Promise<void> {
    await createIdTable(this.#store);
    if (this.#store.dialect === 'mysql') {
      // A BLOB doubles in the text of a statement; a row that the server's packet cannot hold must be refused before it is acknowledged.
      const { rows } = await this.#store.query('SELECT @@max_allowed_packet AS bytes');
      this.#rows.limitRow(Math.floor(Number(rows[0]?.bytes) / 2) - PACKET_HEAD);
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
    this.#rows.stop();
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
      if (this.#rows.dirty > 0) {
        this.#log.error(
          { event: 'rows lost', rows: this.#rows.dirty },
          `stopped with ${this.#rows.dirty} acknowledged rows that the database did not take`,
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
    return this.#rows.read(
      managed,
      pks.map((pk) => managed.pkOf(pk)),
    );
  }

  async pksByFk(table: string, fk: PkValue): Promise<PkValue[]> {
    const managed = this.#table(table);
    return this.#reads.pksByFk(managed, managed.fkOf(fk));
  }

  async insert(table: string, row: Row): Promise<Row> {
    const managed = this.#table(table);
    return this.#counting(async () => {
      const given = managed.check(null, row);
      const complete = await this.#reads.complete(managed, given, async () => (await this.ids(table, 1)).first);
      const pk = managed.pkOf(complete[managed.pk.name]);
      await this.#rows.change(managed, pk, (now) => {
        if (now) throw new RowRefused(table, pk, managed.pk.name, 'a row with this primary key is there already');
        return complete;
      });
      return copyOf(complete);
    });
  }

  async update(table: string, pk: PkValue, fields: Row): Promise<void> {
    const managed = this.#table(table);
    const key = managed.pkOf(pk);
    await this.#counting(async () => {
      const changes = managed.check(key, fields);
      const renamed = changes[managed.pk.name];
      if (renamed !== undefined && String(renamed) !== String(key)) {
        throw new RowRefused(table, key, managed.pk.name, 'a primary key does not change; insert a new row and delete this one');
      }
      await this.#rows.change(managed, key, (now) => {
        if (!now) throw new NoSuchRow(table, key);
        return { ...now, ...changes };
      });
    });
  }

  async delete(table: string, pk: PkValue): Promise<void> {
    const managed = this.#table(table);
    const key = managed.pkOf(pk);
    await this.#rows.change(managed, key, (now) => {
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
      managed.topId = Math.max(managed.topId, block.first + block.count - 1);
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
    await this.#rows.forget(managed, key);
  }

  async #counting<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } catch (error) {
      if (error instanceof RowRefused) this.#refused.inc();
      throw error;
    }
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
