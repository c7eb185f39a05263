/**
 * The one place where rows of managed tables change. Lives in dbfront; every other node reaches it through its `DataPort`.
 *
 * A group of changes is checked, written to the journal and made in memory in one turn; when that is durable it is brought to memcached and acknowledged (commits.ts). SQL follows with the next flush,
 * and a writer that starts goes on where the journal ends (recovery.ts).
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '../../config/config';
import { JournalDown, RowRefused, StartFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { Count, Metrics } from '../../metrics/metrics';
import type { MemClient } from '../cache/memclient';
import { RowCache } from '../cache/rowcache';
import type { ChangeGroup, ChangeId, Outcome, VersionedRow } from '../change';
import { Fence } from '../flush/applied';
import { Flusher } from '../flush/flusher';
import { Quarantine } from '../flush/quarantine';
import type { Journal } from '../journal/contract';
import { claimJournal, type JournalOptions } from '../journal/open';
import type { DataPort, Durability, FlushReport, IdBlock, PkValue, QuarantinedRow, TableDef, TableShape } from '../port';
import type { Row, SqlResult, SqlStore, SqlValue } from '../sql/store';
import { Commits } from './commits';
import { DirtyRows } from './dirtyrows';
import { createIdTable, IdBlocks } from './ids';
import { encodeRecord } from './record';
import { Recovery } from './recovery';
import { RowLocks } from './rowlocks';
import { RowReads } from './rowreads';
import { Rows } from './rows';
import { State } from './state';
import { checkStatement } from './statement';
import { Steps } from './steps';
import type { RowState } from './table';
import { Tables } from './tables';

/** How long a migration waits for a moment without changes. */
const REOPEN_MS = 10_000;
/** How long a stop tries a database that does not answer. */
const STOP_MS = 5_000;
const STOP_RETRY_MS = 200;
/** How long a stop waits for a journal whose disk is full or slow. */
const SYNC_MS = 1_000;
/** What a statement around a row may take of the server's packet. */
const PACKET_HEAD = 64 * 1024;
/** What the tables of the framework itself begin with: `query` may not write them. */
const OWN_TABLES = 'firefly_';

export interface WriterOptions {
  readonly store: SqlStore;
  readonly cache: MemClient | undefined;
  readonly journal: Pick<JournalOptions, 'folder' | 'files'>;
  readonly limits: Limits;
  /** By table; goes before what a node says of it. */
  readonly durability?: Readonly<Record<string, Durability>> | undefined;
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
  readonly #tables: Tables;
  readonly #cache: RowCache;
  readonly #dirty: DirtyRows;
  readonly #flusher: Flusher;
  readonly #reads: RowReads;
  readonly #rows: Rows;
  readonly #ids: IdBlocks;
  readonly #commits: Commits;
  readonly #rowLocks: RowLocks;
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
    this.#tables = new Tables({ store, state, journal, quarantine, durability: options.durability ?? {}, log });
    this.#cache = new RowCache({ cache, leaseMs: limits.cacheLeaseMs, log, metrics });
    this.#dirty = new DirtyRows(
      {
        tables: state.tables,
        position: () => journal.appended,
        durable: (position) => this.#rows.durable(position),
        cleaned: (row) => this.#rows.cleaned(row),
        released: (row) => this.#thawed(row, row.now),
        dropped: (row) => this.#forgotten.add(this.#rows.dropped(row, this.#thawed(row, row.stored))),
      },
      applied,
    );
    // Those of the journal may not have come to SQL yet.
    for (const [table, last] of state.ids) this.#dirty.granted(table, last);
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
    const steps = new Steps(state, this.#reads, this.#ids);
    state.leases.ranOut = (table, pk, token) => void journal.append(encodeRecord({ kind: 'unlock', table, pk, token }));
    this.#commits = new Commits({
      state,
      rows: this.#rows,
      reads: this.#reads,
      journal,
      groupBound: limits.transactionRows,
      stepsOf: (group) => steps.of(group),
    });
    this.#rowLocks = new RowLocks({ state, rows: this.#rows, commits: this.#commits, journal });
    this.#refused = metrics.counter('firefly_rows_refused_total', 'Changes refused before they were acknowledged');
    metrics.gauge('firefly_dirty_rows', 'Rows whose last change is not in SQL yet', () => this.#dirty.size);
    metrics.gauge('firefly_clean_rows', 'Rows kept in memory that SQL holds too', () => this.#rows.clean);
    metrics.gauge('firefly_writer_under_way', 'Changes that are not answered yet', () => this.#commits.underWay);
    metrics.gauge('firefly_identities', 'Answers remembered for nodes that may ask again', () => state.identities.size);
    metrics.gauge('firefly_row_leases', 'Leases on rows', () => state.leases.size);
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
    await this.#flusher.forget(recovery.thawed);
    await recovery.settle({
      manage: (name) => this.#tables.manageAgain(name),
      recover: (table, rows) => this.#rows.recover(table, rows),
      bind: (states) => this.#dirty.changed(states, 0),
    });
    await this.#tables.manageFrozen();
    await this.#cache.start();
    this.#flusher.start();
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
    const tellWaiting = () => {
      const rows = this.#dirty.size;
      if (rows > 0) log.warn({ event: 'rows wait', rows }, `${rows} rows wait in the journal for the next start`);
    };
    // A database that hangs may outlast the node's own deadline, and then nothing below is said any more.
    const hangs = setTimeout(() => {
      log.warn({ event: 'last flush hangs' }, `the database has not answered for ${tryMs} ms; what it does not take is in the journal`);
      tellWaiting();
    }, tryMs);
    try {
      for (let isDone = this.#failed || !(await this.#isSynced(tryMs)); !isDone; ) isDone = await this.#lastFlush(deadline);
    } finally {
      clearTimeout(hangs);
      tellWaiting();
      await this.#cache.stop();
      await this.#journal.close().catch((error) => {
        if (!this.#failed) throw error;
      });
    }
  }

  /** Whether everything appended is on the disk; not so when it is full, and then nothing more goes to SQL. */
  async #isSynced(tryMs: number): Promise<boolean> {
    const patience = new AbortController();
    const late = delay(Math.max(tryMs, SYNC_MS), false, { signal: patience.signal }).catch(() => false);
    const synced = this.#rows.durable(this.#journal.appended).then(
      () => true,
      () => false,
    );
    try {
      return await Promise.race([synced, late]);
    } finally {
      patience.abort();
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

  manage(def: TableDef): Promise<TableShape> {
    return this.#tables.manage(def);
  }

  /**
   * Runs what changes tables, while every change that was acknowledged is in SQL, and none is taken. Afterwards no node reads what rows were before.
   *
   * @param migrate returns what it did
   */
  migrate(migrate: () => Promise<string[]>): Promise<string[]> {
    // A row that changed meanwhile would be written as a whole, over what the migration made of it.
    return this.#rows.without('tables are being migrated', () => this.#migrate(migrate));
  }

  async #migrate(migrate: () => Promise<string[]>): Promise<string[]> {
    const { cache, limits } = this.#options;
    await this.#flusher.flush();
    const done = await migrate();
    const isIdle = () => this.#commits.underWay + this.#rows.locks.size + this.#dirty.size === 0;
    const deadline = performance.now() + REOPEN_MS;
    while (done.length > 0 && !(await this.#tables.reopen(isIdle))) {
      if (performance.now() >= deadline)
        throw new StartFailed(
          'rows are read all the time while tables are migrated; migrate in onStart of dbfront, before others can link',
        );
      await this.#flusher.flush();
    }
    if (done.length === 0 || !cache) return done;
    this.#cache.distrust();
    await delay(limits.cacheLeaseMs);
    return done;
  }

  async load(table: string, pks: readonly PkValue[]): Promise<VersionedRow[]> {
    this.#checkAlive();
    const managed = this.#state.table(table);
    return this.#rows.read(
      managed,
      pks.map((pk) => managed.pkOf(pk)),
    );
  }

  async pksByFk(table: string, fk: PkValue): Promise<PkValue[]> {
    this.#checkAlive();
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
    return this.#rowLocks.take(this.#state.nameOf(table, pk), ttlMs, id);
  }

  async unlock(table: string, pk: PkValue, token: number): Promise<void> {
    await this.#rowLocks.end(this.#state.nameOf(table, pk), token);
  }

  async ids(table: string, count: number): Promise<IdBlock> {
    return this.#ids.take(this.#state.table(table), count);
  }

  async query(sql: string, params: readonly SqlValue[] = [], options: { readonly fresh?: boolean } = {}): Promise<SqlResult> {
    checkStatement(sql, (table) => table.startsWith(OWN_TABLES) || this.#tables.has(table));
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
    return this.#failed ? 0 : this.#cache.epoch;
  }

  async quarantine(): Promise<QuarantinedRow[]> {
    return this.#quarantine.list().map(({ table, pk, reason }) => ({ table, pk, reason }));
  }

  async release(table: string, pk: PkValue): Promise<FlushReport> {
    this.#rows.checkOpen();
    const report = await this.#flusher.release(table, pk);
    await this.#rows.durable(this.#journal.appended);
    return report;
  }

  async releaseAll(): Promise<FlushReport> {
    this.#rows.checkOpen();
    const report = await this.#flusher.releaseAll();
    await this.#rows.durable(this.#journal.appended);
    return report;
  }

  async drop(table: string, pk: PkValue): Promise<void> {
    this.#rows.checkOpen();
    await this.#flusher.drop(table, pk);
    await this.#rows.durable(this.#journal.appended);
    // No reader finds the copies any more.
    const forgotten = [...this.#forgotten];
    this.#forgotten.clear();
    await Promise.all(forgotten);
  }

  /** What is in memory may be old when another writer took over. */
  #checkAlive(): void {
    if (this.#failed) throw new JournalDown('the writer has failed; its process ends');
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#rows.stop();
    this.#flusher.stop();
    this.#options.failed?.(error);
  }

  async #grant(table: string, last: number): Promise<void> {
    const sequence = this.#journal.append(encodeRecord({ kind: 'ids', table, last }));
    this.#state.granted(table, last);
    this.#dirty.granted(table, last);
    await this.#rows.durable(sequence);
  }

  /**
   * Writes down what a row is that left the quarantine: a database that is restored from before would bring back what it was changed to.
   *
   * @returns a version above the one that it has here
   */
  #thawed({ table, pk }: RowState, now: Row | null | undefined): number {
    try {
      if (now === undefined) return this.#evicted(table.name, pk);
      return this.#journal.append(encodeRecord({ kind: 'thaw', table: table.name, pk, now }));
    } catch (error) {
      // SQL has it so already. A journal that takes nothing now must not keep the row; its version is the highest there is.
      const what = `${table.name} ${pk} left the quarantine and the journal does not know: a backup of the database from before brings it back`;
      this.#options.log.warn({ event: 'thaw not journaled', table: table.name, pk: String(pk), error }, what);
      return this.#journal.appended;
    }
  }

  /** @returns a version above all that the row had */
  #evicted(table: string, pk: PkValue): number {
    return this.#journal.append(encodeRecord({ kind: 'evict', table, pk }));
  }
}
