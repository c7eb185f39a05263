/**
 * The one place where rows of managed tables change. Lives in dbfront; every other node reaches it through its `DataPort`.
 *
 * A group of changes is checked, written to the journal and made in memory in one turn; when that is durable it is brought to memcached and acknowledged (commits.ts). SQL follows with the next flush,
 * and a writer that starts goes on where the journal ends (recovery.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { DbConfig, Limits } from '../config/config';
import { NoSuchRow, RowRefused, StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Count, Metrics } from '../metrics/metrics';
import { Fence } from './applied';
import type { MemClient } from './cache/memclient';
import type { ChangeGroup, ChangeId, Outcome, VersionedRow } from './change';
import { Commits } from './commits';
import { type Step, stepOf } from './decide';
import { DirtyRows } from './dirtyrows';
import { Flusher } from './flusher';
import { IdPool } from './idpool';
import { createIdTable, IdBlocks } from './ids';
import type { Journal } from './journal/contract';
import { claimJournal, type JournalOptions } from './journal/open';
import { KeyedLock } from './keyedlock';
import { MAX_LEASE_MS } from './leases';
import type { DataPort, FlushReport, IdBlock, PkValue, QuarantinedRow, Row, TableDef, TableShape } from './port';
import { Quarantine } from './quarantine';
import { encodeRecord } from './record';
import { Recovery } from './recovery';
import { RowCache } from './rowcache';
import { RowReads } from './rowreads';
import { lockOf, Rows } from './rows';
import type { ColumnInfo, SqlResult, SqlStore, SqlValue, TableInfo } from './sql/store';
import { State } from './state';
import { checkStatement } from './statement';
import { ManagedTable } from './table';

/** Registrations that may wait. */
const UNDER_WAY = 4_096;
/** Ids that the writer takes at a time for rows that come without. */
const ID_BLOCK = 50;
/** How long a stop tries a database that does not answer. */
const STOP_MS = 5_000;
const STOP_RETRY_MS = 200;
/** What a statement around a row may take of the server's packet. */
const PACKET_HEAD = 64 * 1024;
const MAX_INT64 = 2n ** 63n - 1n;
/** What the tables of the framework itself begin with: `query` may not write them. */
const OWN_TABLES = 'firefly_';

export interface WriterOptions {
  readonly store: SqlStore;
  readonly cache: MemClient | undefined;
  readonly journal: Pick<JournalOptions, 'folder' | 'files'>;
  readonly limits: Limits;
  /** What the operator says of tables; goes before what nodes say. */
  readonly tables?: DbConfig['tables'];
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Told once when this writer can acknowledge nothing any more: a sync failed, or another took over. The process should end. */
  readonly failed?: (error: Error) => void;
}

export interface WriterStats {
  readonly tables: number;
  readonly dirtyRows: number;
  readonly cleanRows: number;
  /** Changes and reads that are not answered yet. */
  readonly underWay: number;
  readonly cacheUsable: boolean;
}

/** What is there before the writer is: see `open`. */
interface Parts {
  readonly state: State;
  readonly journal: Journal;
  readonly fence: Fence;
  readonly quarantine: Quarantine;
  readonly applied: number;
}

export class Writer implements DataPort {
  readonly #options: WriterOptions;
  readonly #state: State;
  readonly #journal: Journal;
  readonly #quarantine: Quarantine;
  /** Registrations, one at a time a table. */
  readonly #locks = new KeyedLock('registrations of tables', UNDER_WAY);
  readonly #pools = new Map<ManagedTable, IdPool>();
  readonly #cache: RowCache;
  readonly #dirty: DirtyRows;
  readonly #flusher: Flusher;
  readonly #reads: RowReads;
  readonly #rows: Rows;
  readonly #ids: IdBlocks;
  readonly #commits: Commits;
  readonly #refused: Count;
  /** Rows on their way out of memcached, after a drop. */
  readonly #forgotten = new Set<Promise<void>>();
  #failed = false;

  private constructor(options: WriterOptions, { state, journal, fence, quarantine, applied }: Parts) {
    const { store, cache, limits, log, metrics } = options;
    this.#options = options;
    this.#state = state;
    this.#journal = journal;
    this.#quarantine = quarantine;
    this.#cache = new RowCache({ cache, leaseMs: limits.leaseMs, log, metrics });
    this.#dirty = new DirtyRows(
      {
        tables: state.tables,
        position: () => journal.appended,
        durable: (position) => this.#rows.durable(position),
        cleaned: (row) => this.#rows.cleaned(row),
        dropped: (row) => this.#forgotten.add(this.#rows.dropped(row, this.#evicted(row.table.name, row.pk))),
      },
      applied,
    );
    this.#flusher = new Flusher({
      store,
      fence,
      quarantine,
      source: this.#dirty,
      tables: state.tables,
      intervalMs: limits.flushIntervalMs,
      rows: limits.flushRows,
      log,
      metrics,
      dirty: () => this.#dirty.size,
      applied: (position) => journal.truncate(position),
      replaced: (error) => this.#fail(error),
    });
    this.#reads = new RowReads(store, this.#flusher);
    this.#rows = new Rows({ reads: this.#reads, cache: this.#cache, journal, dirty: this.#dirty, dirtyBound: limits.dirtyRows });
    this.#ids = new IdBlocks({ store, granted: state.ids, grant: (table, last) => this.#grant(table, last) });
    this.#commits = new Commits({ state, rows: this.#rows, reads: this.#reads, journal, stepsOf: (group) => this.#stepsOf(group) });
    this.#refused = metrics.counter('firefly_rows_refused_total', 'Changes refused before they were acknowledged');
    metrics.gauge('firefly_dirty_rows', 'Rows whose last change is not in SQL yet', () => this.#dirty.size);
    metrics.gauge('firefly_clean_rows', 'Rows kept in memory that SQL holds too', () => this.#rows.clean);
    metrics.gauge('firefly_writer_under_way', 'Changes that are not answered yet', () => this.#commits.underWay);
    metrics.gauge('firefly_identities', 'Answers remembered for nodes that may ask again', () => state.identities.size);
    metrics.gauge('firefly_leases', 'Leases on rows', () => state.leases.size);
  }

  /**
   * Shuts out an earlier writer, takes over what its journal holds, and is ready for changes.
   *
   * @throws StartFailed when journal and database do not belong together, or a table that the journal has changes of is gone; StoreDown
   */
  static async open(options: WriterOptions): Promise<Writer> {
    const { store, log, metrics, limits, journal: where } = options;
    const started = performance.now();
    await createIdTable(store);
    const fence = new Fence(store, log);
    await fence.open();
    const state = new State();
    const recovery = new Recovery(state, log);
    let writer: Writer | undefined;
    const opening = await claimJournal({
      ...where,
      segmentBytes: limits.journalSegmentBytes,
      maxBytes: limits.journalBytes,
      keepMs: limits.journalKeepMs,
      keepBytes: limits.journalKeepBytes,
      applied: await fence.current(),
      log,
      metrics,
      down: (error) => {
        if (writer) writer.#fail(error);
      },
    });
    let journal: Journal;
    try {
      const applied = await fence.current();
      await recovery.replay(opening.replay(applied), applied?.position ?? 0);
      journal = await opening.open(() => state.snapshot());
    } catch (error) {
      await opening.close();
      throw error;
    }
    try {
      const { position: applied } = await fence.takeOver(journal);
      const quarantine = new Quarantine();
      await quarantine.open(store);
      writer = new Writer(options, { state, journal, fence, quarantine, applied });
      await writer.#start(recovery);
    } catch (error) {
      await journal.close();
      throw error;
    }
    const ms = Math.round(performance.now() - started);
    if (recovery.changes > 0)
      log.info({ event: 'recovered', changes: recovery.changes, rows: writer.#dirty.size, ms }, 'changes came back from the journal');
    return writer;
  }

  async #start(recovery: Recovery): Promise<void> {
    const { store } = this.#options;
    if (store.dialect === 'mysql') {
      // A BLOB doubles in the text of a statement; a row that the server's packet cannot hold must be refused before it is acknowledged.
      const { rows } = await store.query('SELECT @@max_allowed_packet AS bytes');
      this.#rows.limitRow(Math.floor(Number(rows[0]?.bytes) / 2) - PACKET_HEAD);
    }
    await recovery.settle({
      manage: (name) => this.#manageAgain(name),
      recover: (table, rows) => this.#rows.recover(table, rows),
      bind: (states) => this.#dirty.changed(states, 0),
    });
    for (const name of new Set(this.#quarantine.list().map(({ table }) => table))) await this.#manageFrozen(name);
    await this.#cache.start();
    this.#flusher.start();
  }

  /** A table with rows in the quarantine: they can be released and dropped before any node uses it. */
  async #manageFrozen(name: string): Promise<void> {
    if (this.#state.tables.has(name)) return;
    try {
      await this.#manageAgain(name);
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error;
      this.#options.log.warn(
        { event: 'quarantine', table: name, error },
        `rows of ${name} lie in the quarantine, and the table cannot be managed`,
      );
    }
  }

  get stats(): WriterStats {
    return {
      tables: this.#state.tables.size,
      dirtyRows: this.#dirty.size,
      cleanRows: this.#rows.clean,
      underWay: this.#commits.underWay + this.#rows.locks.size,
      cacheUsable: this.#cache.usable,
    };
  }

  /**
   * Refuses further changes, writes what is dirty and ends. What the database does not take waits in the journal for the next start.
   *
   * @param tryMs how long a database that does not answer is tried
   */
  async stop(tryMs = STOP_MS): Promise<void> {
    const { log } = this.#options;
    this.#rows.stop();
    this.#flusher.stop();
    const deadline = performance.now() + tryMs;
    try {
      for (let isDone = this.#failed; !isDone; ) isDone = await this.#lastFlush(deadline);
    } finally {
      if (this.#dirty.size > 0)
        log.warn({ event: 'rows wait', rows: this.#dirty.size }, `${this.#dirty.size} rows wait in the journal for the next start`);
      await this.#cache.stop();
      await this.#journal.close().catch((error) => {
        if (!this.#failed) throw error;
      });
    }
  }

  /** @returns whether there is nothing left to try */
  async #lastFlush(deadline: number): Promise<boolean> {
    try {
      await this.#flusher.flush();
      return true;
    } catch (error) {
      if (this.#failed || performance.now() >= deadline) {
        this.#options.log.warn({ event: 'last flush failed', error }, 'the database did not take the last changes');
        return true;
      }
      await delay(STOP_RETRY_MS);
      return false;
    }
  }

  manage(asked: TableDef): Promise<TableShape> {
    const decided = this.#options.tables?.[asked.table];
    const def = decided ? { ...asked, ...decided } : asked;
    return this.#locks.run([def.table], async () => {
      const known = this.#state.tables.get(def.table);
      known?.extend(def);
      const table = known ?? (await this.#open(def));
      if (JSON.stringify(this.#state.defs.get(table.name)) !== JSON.stringify(table.def)) {
        const sequence = this.#journal.append(encodeRecord({ kind: 'table', def: table.def }));
        this.#state.defs.set(table.name, table.def);
        await this.#rows.durable(sequence);
      }
      return table.shape();
    });
  }

  /** Runs what changes tables, while every change that was acknowledged is in SQL. @param migrate returns what it did */
  async migrate(migrate: () => Promise<string[]>): Promise<string[]> {
    await this.#flusher.flush();
    const done = await migrate();
    if (done.length > 0) for (const table of [...this.#state.tables.values()]) await this.#reopen(table);
    return done;
  }

  async load(table: string, pks: readonly PkValue[]): Promise<VersionedRow[]> {
    const managed = this.#state.table(table);
    return this.#rows.read(
      managed,
      pks.map((pk) => managed.pkOf(pk)),
    );
  }

  async pksByFk(table: string, fk: PkValue): Promise<PkValue[]> {
    const managed = this.#state.table(table);
    const pks = await this.#reads.pksByFk(managed, managed.fkOf(fk));
    if (!managed.relaxed) await this.#rows.durable(this.#journal.appended);
    return pks;
  }

  async commit(group: ChangeGroup): Promise<Outcome[]> {
    try {
      return await this.#commits.commit(group);
    } catch (error) {
      if (error instanceof RowRefused) this.#refused.inc();
      throw error;
    }
  }

  async lock(table: string, pk: PkValue, ttlMs: number, id: ChangeId): Promise<number> {
    const name = this.#state.nameOf(table, pk);
    if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > MAX_LEASE_MS)
      throw new RangeError(`${table}: a lease lasts 1 to ${MAX_LEASE_MS} ms, not ${ttlMs}`);
    return this.#commits.once(id, async (remembered) => {
      const sequence = await this.#rows.locks.run([lockOf(name)], async () => {
        const [row] = await this.#rows.fetch([name]);
        if (!row?.now) throw new NoSuchRow(table, name.pk);
        this.#state.leases.checkFree(table, name.pk);
        this.#rows.admit([]);
        const token = this.#journal.append(encodeRecord({ kind: 'lock', id, table, pk: name.pk, ttlMs }));
        this.#state.leases.grant(table, name.pk, token, ttlMs);
        remembered.sequence = token;
        remembered.answer = token;
        return token;
      });
      await this.#rows.durable(sequence);
    });
  }

  async unlock(table: string, pk: PkValue, token: number): Promise<void> {
    const name = this.#state.nameOf(table, pk);
    if (!this.#state.leases.holds(table, name.pk, token)) return;
    const sequence = this.#journal.append(encodeRecord({ kind: 'unlock', table, pk: name.pk, token }));
    this.#state.leases.end(table, name.pk, token);
    await this.#rows.durable(sequence);
  }

  async ids(table: string, count: number): Promise<IdBlock> {
    return this.#ids.take(this.#state.table(table), count);
  }

  async query(sql: string, params: readonly SqlValue[] = [], options: { readonly fresh?: boolean } = {}): Promise<SqlResult> {
    checkStatement(sql, (table) => table.startsWith(OWN_TABLES) || this.#isManaged(table));
    if (options.fresh) await this.#flusher.flush();
    return this.#options.store.query(sql, params);
  }

  async flush(table?: string): Promise<FlushReport> {
    if (table !== undefined) this.#state.table(table);
    return this.#flusher.flush();
  }

  async evict(table: string, pk: PkValue): Promise<void> {
    const name = this.#state.nameOf(table, pk);
    await this.#flusher.flush();
    await this.#rows.forget(name, () => this.#evicted(table, name.pk));
  }

  async epoch(): Promise<number> {
    return this.#cache.epoch;
  }

  async quarantine(): Promise<QuarantinedRow[]> {
    return this.#quarantine.list().map(({ table, pk, reason }) => ({ table, pk, reason }));
  }

  async release(table: string, pk: PkValue): Promise<FlushReport> {
    return this.#flusher.release(table, pk);
  }

  async drop(table: string, pk: PkValue): Promise<void> {
    await this.#flusher.drop(table, pk);
    // No reader finds the copies any more.
    const forgotten = [...this.#forgotten];
    this.#forgotten.clear();
    await Promise.all(forgotten);
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#rows.stop();
    this.#flusher.stop();
    this.#options.failed?.(error);
  }

  /** @throws NotManaged, RowRefused, PKValueError */
  #stepsOf({ changes }: ChangeGroup): Step[] | Promise<Step[]> {
    const steps: (Step | Promise<Step>)[] = [];
    let waits = false;
    for (const change of changes) {
      const table = this.#state.table(change.table);
      if (change.op !== 'insert') {
        steps.push(stepOf(table, change));
        continue;
      }
      const row = this.#reads.complete(table, table.check(null, change.row), () => this.#nextId(table));
      const step = (fields: Row): Step => ({ table, pk: table.pkOf(fields[table.pk.name]), change, fields });
      if (row instanceof Promise) waits = true;
      steps.push(row instanceof Promise ? row.then(step) : step(row));
    }
    return waits ? Promise.all(steps) : (steps as Step[]);
  }

  #nextId(table: ManagedTable): Promise<number> {
    let pool = this.#pools.get(table);
    if (!pool) {
      pool = new IdPool(() => this.#ids.take(table, ID_BLOCK));
      this.#pools.set(table, pool);
    }
    return pool.next();
  }

  async #grant(table: string, last: number): Promise<void> {
    const sequence = this.#journal.append(encodeRecord({ kind: 'ids', table, last }));
    this.#state.granted(table, last);
    this.#dirty.granted(table, last);
    await this.#rows.durable(sequence);
  }

  /** @returns a version above all that the row had */
  #evicted(table: string, pk: PkValue): number {
    return this.#journal.append(encodeRecord({ kind: 'evict', table, pk }));
  }

  #isManaged(name: string): boolean {
    for (const table of this.#state.tables.keys()) if (table.toLowerCase() === name) return true;
    return false;
  }

  async #open(def: TableDef): Promise<ManagedTable> {
    const { store } = this.#options;
    const info = await store.describe(def.table);
    if (!info) throw new StartFailed(`there is no table ${def.table} in the database; make it by a migration, or correct the name`);
    const table = new ManagedTable(def, store.dialect === 'sqlite' ? within64Bits(info) : info);
    table.coldVersion = this.#journal.appended;
    for (const { table: name, pk, now, version, reason } of this.#quarantine.list())
      if (name === table.name) table.addFrozen(pk, now, version, reason);
    this.#state.tables.set(table.name, table);
    return table;
  }

  /** A table that the journal has changes of. Its rows can be written without what nodes told of it beside its key; that may be wrong by now. */
  async #manageAgain(name: string): Promise<ManagedTable> {
    const def = this.#state.defs.get(name);
    if (!def)
      throw new StartFailed(
        `the journal has changes of table ${name} and does not say how it was registered; see "firefly journal inspect"`,
      );
    try {
      return await this.#open(def).catch(() => this.#open({ table: name, pk: def.pk }));
    } catch (error) {
      if (!(error instanceof StartFailed)) throw error;
      const fix = 'bring the table back as it was, start, and change it by a migration, which flushes first';
      throw new StartFailed(
        `the journal holds acknowledged changes that are not in the database, and ${error.message}. To keep them: ${fix}`,
        {
          cause: error,
        },
      );
    }
  }

  /** Looks at a table anew. */
  async #reopen(table: ManagedTable): Promise<void> {
    if (table.dirty.size > 0) return;
    this.#state.tables.delete(table.name);
    this.#pools.delete(table);
    if (await this.#options.store.describe(table.name)) await this.#open(table.def);
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
