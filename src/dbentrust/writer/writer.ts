/**
 * The one place where rows of managed tables change. Lives in dbfront; every other node reaches it through its `DataPort`.
 *
 * A group of changes is checked, written to the journal and made in memory in one turn; when that is durable it is brought to memcached and acknowledged (commits.ts). SQL follows with the next flush,
 * and a writer that starts goes on where the journal ends (opening.ts, recovery.ts). Here is what it answers to; what it is made of is in wiring.ts.
 */
import { JournalDown, RowRefused } from '../../errors';
import type { Count } from '../../metrics/metrics';
import type { ChangeGroup, ChangeId, Outcome, VersionedRow } from '../change';
import type { DataPort, FlushReport, IdBlock, PkValue, QuarantinedRow, TableDef, TableShape } from '../port';
import type { SqlResult, SqlValue } from '../sql/store';
import { migrateTables } from './migration';
import { type Opened, takeOver } from './opening';
import type { Recovery } from './recovery';
import { checkStatement } from './statement';
import { stopWriter } from './stopping';
import { type Parts, type WriterOptions, wire } from './wiring';

export type { WriterOptions } from './wiring';

/** How long a stop tries a database that does not answer. */
const STOP_MS = 5_000;
/** What a statement around a row may take of the server's packet. */
const PACKET_HEAD = 64 * 1024;
/** What the tables of the framework itself begin with: `query` may not write them. */
const OWN_TABLES = 'firefly_';

export interface WriterStats {
  readonly tables: number;
  readonly dirtyRows: number;
  readonly cleanRows: number;
  /** Changes and reads that are not answered yet. */
  readonly underWay: number;
  readonly cacheUsable: boolean;
}

export class Writer implements DataPort {
  readonly #options: WriterOptions;
  readonly #parts: Parts;
  readonly #refused: Count;
  #failed = false;

  private constructor(options: WriterOptions, opened: Opened) {
    this.#options = options;
    this.#parts = wire(options, opened, (error) => this.#fail(error));
    this.#refused = options.metrics.counter('firefly_rows_refused_total', 'Changes refused before they were acknowledged');
  }

  /**
   * Shuts out an earlier writer, takes over what its journal holds, and is ready for changes.
   *
   * @throws StartFailed when journal and database do not belong together, or a table that the journal has changes of is gone; StoreDown
   */
  static async open(options: WriterOptions): Promise<Writer> {
    const started = performance.now();
    let writer: Writer | undefined;
    const opened = await takeOver(options, (error) => {
      if (writer) writer.#fail(error);
    });
    const { recovery, journal } = opened;
    try {
      writer = new Writer(options, opened);
      await writer.#start(recovery);
    } catch (error) {
      await journal.close();
      throw error;
    }
    const ms = Math.round(performance.now() - started);
    const { changes } = recovery;
    if (changes > 0)
      options.log.info({ event: 'recovered', changes, rows: writer.stats.dirtyRows, ms }, 'changes came back from the journal');
    return writer;
  }

  async #start(recovery: Recovery): Promise<void> {
    const { store } = this.#options;
    const { rows, flusher, tables, dirty, cache } = this.#parts;
    if (store.dialect === 'mysql') {
      // A BLOB doubles in the text of a statement; a row that the server's packet cannot hold must be refused before it is acknowledged.
      const [packet] = (await store.query('SELECT @@max_allowed_packet AS bytes')).rows;
      rows.limitRow(Math.floor(Number(packet?.bytes) / 2) - PACKET_HEAD);
    }
    await flusher.forget(recovery.thawed);
    await recovery.settle({
      manage: (name) => tables.manageAgain(name),
      recover: (table, recovered) => rows.recover(table, recovered),
      bind: (states) => dirty.changed(states, 0),
    });
    await tables.manageFrozen();
    await cache.start();
    flusher.start();
  }

  get stats(): WriterStats {
    const { state, dirty, rows, commits, cache } = this.#parts;
    return {
      tables: state.tables.size,
      dirtyRows: dirty.size,
      cleanRows: rows.clean,
      underWay: commits.underWay + rows.locks.size,
      cacheUsable: cache.usable,
    };
  }

  /**
   * Refuses further changes, writes what is dirty and ends. What the database does not take waits in the journal for the next start.
   *
   * @param tryMs how long a database that does not answer is tried
   */
  stop(tryMs = STOP_MS): Promise<void> {
    return stopWriter(this.#parts, this.#options.log, () => this.#failed, tryMs);
  }

  /** Runs what changes tables. Changes of rows are refused meanwhile, and afterwards no node reads what rows were before. @param run returns what it did */
  migrate(run: () => Promise<string[]>): Promise<string[]> {
    const { cache, limits } = this.#options;
    return migrateTables(this.#parts, cache ? limits.cacheLeaseMs : 0, run);
  }

  manage(def: TableDef): Promise<TableShape> {
    return this.#parts.tables.manage(def);
  }

  async load(table: string, pks: readonly PkValue[]): Promise<VersionedRow[]> {
    this.#checkAlive();
    const managed = this.#parts.state.table(table);
    return this.#parts.rows.read(
      managed,
      pks.map((pk) => managed.pkOf(pk)),
    );
  }

  async pksByFk(table: string, fk: PkValue): Promise<PkValue[]> {
    this.#checkAlive();
    const { state, reads, rows, journal } = this.#parts;
    const managed = state.table(table);
    const pks = await reads.pksByFk(managed, managed.fkOf(fk));
    if (!managed.relaxed) await rows.durable(journal.appended);
    return pks;
  }

  async commit(group: ChangeGroup): Promise<Outcome[]> {
    try {
      return await this.#parts.commits.commit(group);
    } catch (error) {
      if (error instanceof RowRefused) this.#refused.inc();
      throw error;
    }
  }

  async lock(table: string, pk: PkValue, ttlMs: number, id: ChangeId): Promise<number> {
    const { state, rowLocks } = this.#parts;
    return rowLocks.take(state.nameOf(table, pk), ttlMs, id);
  }

  async unlock(table: string, pk: PkValue, token: number): Promise<void> {
    const { state, rowLocks } = this.#parts;
    await rowLocks.end(state.nameOf(table, pk), token);
  }

  async ids(table: string, count: number): Promise<IdBlock> {
    const { state, ids } = this.#parts;
    return ids.take(state.table(table), count);
  }

  async query(sql: string, params: readonly SqlValue[] = [], options: { readonly fresh?: boolean } = {}): Promise<SqlResult> {
    const { tables, flusher } = this.#parts;
    checkStatement(sql, (table) => table.startsWith(OWN_TABLES) || tables.has(table));
    if (options.fresh) await flusher.flush();
    return this.#options.store.query(sql, params);
  }

  async flush(table?: string): Promise<FlushReport> {
    const { state, flusher } = this.#parts;
    if (table !== undefined) state.table(table);
    return flusher.flush();
  }

  async evict(table: string, pk: PkValue): Promise<void> {
    const { state, flusher, rows, marks } = this.#parts;
    const name = state.nameOf(table, pk);
    await flusher.flush();
    await rows.forget(name, () => marks.evicted(table, name.pk));
  }

  async epoch(): Promise<number> {
    return this.#failed ? 0 : this.#parts.cache.epoch;
  }

  async quarantine(): Promise<QuarantinedRow[]> {
    return this.#parts.quarantine.list().map(({ table, pk, reason }) => ({ table, pk, reason }));
  }

  release(table: string, pk: PkValue): Promise<FlushReport> {
    return this.#thaw(({ flusher }) => flusher.release(table, pk));
  }

  releaseAll(): Promise<FlushReport> {
    return this.#thaw(({ flusher }) => flusher.releaseAll());
  }

  async drop(table: string, pk: PkValue): Promise<void> {
    await this.#thaw(({ flusher }) => flusher.drop(table, pk));
    // No reader finds the copies any more.
    const { forgotten } = this.#parts;
    const all = [...forgotten];
    forgotten.clear();
    await Promise.all(all);
  }

  /** Takes rows out of the quarantine; when it settles, the journal has it too. */
  async #thaw<T>(thaw: (parts: Parts) => Promise<T>): Promise<T> {
    const { rows, journal } = this.#parts;
    rows.checkOpen();
    const report = await thaw(this.#parts);
    await journal.sync(journal.appended);
    return report;
  }

  /** What is in memory may be old when another writer took over. */
  #checkAlive(): void {
    if (this.#failed) throw new JournalDown('the writer has failed; its process ends');
  }

  #fail(error: Error): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#parts.rows.stop();
    this.#parts.flusher.stop();
    this.#options.failed?.(error);
  }
}
