/**
 * Brings SQL up to what was acknowledged: on an interval, on demand, and at the stop.
 *
 * One flush at a time, each one transaction: the fence, the rows of a cut, what SQL refuses into the quarantine, and the position that SQL is at with that. When the
 * database is down everything stays dirty and is tried again with back-off.
 */
import { Replaced } from '../../errors';
import type { Logger } from '../../log/log';
import type { Metrics } from '../../metrics/metrics';
import { faultPoint } from '../faults';
import type { FlushReport, PkValue } from '../port';
import type { SqlStore } from '../sql/store';
import type { ManagedTable, RowState } from '../writer/table';
import type { Fence } from './applied';
import { type Image, type Written, writeIds } from './cut';
import { Fenced } from './fenced';
import type { Cut, FlushSource } from './flushsource';
import { FlushTally } from './flushtally';
import type { Frost, FrozenRow, Quarantine, Shift } from './quarantine';
import { type Sieved, sieve } from './sieve';
import { TableSql } from './tablesql';
import { Thaw, type Thawed } from './thaw';

const BACK_OFF_MIN_MS = 250;
const BACK_OFF_MAX_MS = 5_000;
/** Rows of the quarantine that a report names. */
const REPORTED = 1_000;

export interface FlusherOptions {
  readonly store: SqlStore;
  readonly fence: Fence;
  readonly quarantine: Quarantine;
  readonly source: FlushSource;
  readonly tables: ReadonlyMap<string, ManagedTable>;
  readonly intervalMs: number;
  /** Most rows in a statement. */
  readonly rows: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Rows that wait for SQL now. */
  readonly dirty: () => number;
  /** SQL holds everything up to that position. */
  readonly applied: (position: number) => void;
  /** A successor took over: nothing is flushed any more. */
  readonly replaced: (error: Replaced) => void;
}

export class Flusher {
  readonly #options: FlusherOptions;
  readonly #tally: FlushTally;
  readonly #fenced: Fenced;
  readonly #thaw: Thaw;
  readonly #texts = new Map<ManagedTable, TableSql>();
  /** The flush that waits to start. Who asks meanwhile joins it. */
  #next: Promise<FlushReport> | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #backOffMs = 0;
  #commits = 0;

  constructor(options: FlusherOptions) {
    this.#options = options;
    this.#tally = new FlushTally(options);
    this.#fenced = new Fenced(options.store, options.fence, (error) => {
      this.stop();
      options.log.error({ event: 'writer replaced', error }, error.message);
      options.replaced(error);
    });
    this.#thaw = new Thaw({
      ...options,
      fenced: this.#fenced,
      textsOf: (table) => this.textsOf(table),
      moved: () => {
        this.#commits += 1;
      },
    });
  }

  /** Rises with each commit: who reads SQL and memory together sees by it that rows moved from one to the other. */
  get commits(): number {
    return this.#commits;
  }

  start(): void {
    this.#running = true;
    this.#schedule(this.#options.intervalMs);
  }

  /** Ends the interval. What is dirty stays so. */
  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  textsOf(table: ManagedTable): TableSql {
    const known = this.#texts.get(table);
    if (known) return known;
    const texts = new TableSql(table, this.#options.store.dialect, this.#options.rows);
    this.#texts.set(table, texts);
    return texts;
  }

  /** Writes everything that is dirty at the call. @throws StoreDown, SqlRefused of kind conflict, JournalFull, JournalDown: all of it is dirty still; Replaced */
  flush(): Promise<FlushReport> {
    this.#next ??= this.between(() => {
      this.#next = undefined;
      return this.#flush();
    });
    return this.#next;
  }

  /** Runs `body` while no flush runs. */
  between<T>(body: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(body);
    this.#tail = run.catch(() => undefined);
    return run;
  }

  /**
   * Flushes, and tries a row of the quarantine again, with those it is bound to.
   *
   * @returns with those of them that SQL refuses still
   * @throws NoSuchRow when it does not lie there
   */
  release(table: string, pk: PkValue): Promise<FlushReport> {
    return this.#release(() => this.#thaw.groupOf(table, pk));
  }

  /** Flushes, and tries all rows of the quarantine again, those of a group all or none. @returns with those that stay */
  releaseAll(): Promise<FlushReport> {
    return this.#release(
      () => this.#thaw.all(),
      () => this.#options.quarantine.list(),
    );
  }

  /** @param asked what the report is about; what is tried when left out */
  #release(rowsOf: () => readonly FrozenRow[], asked = rowsOf): Promise<FlushReport> {
    return this.between(async () => {
      const started = performance.now();
      const before = await this.#flush();
      const about = asked();
      const written = await this.#thaw.release(rowsOf());
      const left = about.filter((each) => this.#options.quarantine.of(each.table, each.pk));
      return this.#report(add(before, written), started, left);
    });
  }

  /**
   * Forgets what a row of the quarantine and those it is bound to were changed to: they are what SQL says.
   *
   * @throws NoSuchRow when it does not lie there
   */
  drop(table: string, pk: PkValue): Promise<void> {
    return this.between(async () => {
      await this.#flush();
      await this.#thaw.drop(this.#thaw.groupOf(table, pk));
    });
  }

  /** What left the quarantine, says the journal, is not to be there. Before the first table is managed. */
  forget(thawed: readonly Thawed[]): Promise<void> {
    return this.between(() => this.#thaw.forget(thawed));
  }

  #schedule(ms: number): void {
    if (!this.#running) return;
    this.#timer = setTimeout(() => {
      this.flush()
        .catch(() => undefined) // logged and counted where it failed; the rows are still dirty
        .finally(() => this.#schedule(this.#backOffMs || this.#options.intervalMs));
    }, ms);
  }

  async #flush(): Promise<FlushReport> {
    const started = performance.now();
    try {
      await this.#fenced.settle();
      const cut = this.#options.source.take();
      const written = cut ? await this.#write(cut) : { inserted: 0, updated: 0, deleted: 0 };
      this.#backOffMs = 0;
      this.#tally.flushed(started);
      return this.#report(written, started);
    } catch (error) {
      this.#backOffMs = Math.min(Math.max(this.#backOffMs * 2, BACK_OFF_MIN_MS), BACK_OFF_MAX_MS);
      if (!(error instanceof Replaced)) this.#tally.failed(error);
      throw error;
    }
  }

  async #write(cut: Cut): Promise<Written> {
    const { source, quarantine, fence, store } = this.#options;
    try {
      faultPoint('flush.begun');
      await source.durable(cut.position);
    } catch (error) {
      source.failed(cut);
      throw error;
    }
    let before = 0;
    const { written } = await this.#fenced.run<Sieved & { readonly shifts: readonly Shift[] }>({
      run: async (tx, position) => {
        before = position;
        const sieved = await sieve(tx, cut, (table) => this.textsOf(table), quarantine);
        await writeIds(tx, store.dialect, cut.ids);
        const shifts: Shift[] = [];
        for (const { images, reason } of sieved.refused)
          shifts.push(
            await quarantine.add(
              tx,
              images.map((image) => frostOf(image, reason)),
            ),
          );
        await fence.advance(tx, cut.position);
        faultPoint('flush.written');
        return { ...sieved, shifts };
      },
      committed: ({ refused, shifts }) => {
        faultPoint('flush.committed');
        this.#committed(cut, refused, shifts);
      },
      failed: () => source.failed(cut),
      happened: async (_tx, position) => {
        if (cut.position > before) return position >= cut.position;
        for (const { row } of cut.images) row.stored = undefined;
        return false;
      },
    });
    return written;
  }

  #committed(cut: Cut, refused: Sieved['refused'], shifts: readonly Shift[]): void {
    const { source, fence, quarantine, applied } = this.#options;
    fence.reached(cut.position);
    this.#commits += 1;
    const frozen = new Map<RowState, string>();
    for (const { images, reason } of refused) for (const { row } of images) frozen.set(row, reason);
    for (const { row, now } of cut.images) if (!frozen.has(row)) row.stored = now;
    for (const shift of shifts) quarantine.settle(shift);
    this.#tally.committed(cut.images.length - frozen.size, refused);
    source.committed(cut, frozen);
    applied(cut.position);
  }

  #report(written: Written, started: number, frozen: readonly FrozenRow[] = this.#options.quarantine.list()): FlushReport {
    const refused = frozen.slice(0, REPORTED).map(({ table, pk, reason }) => ({ table, pk, reason }));
    const { inserted, updated, deleted } = written;
    return { inserted, updated, deleted, refused, dirty: this.#options.dirty(), ms: Math.round(performance.now() - started) };
  }
}

function frostOf({ row, now, version }: Image, reason: string): Frost {
  return { table: row.table.name, pk: row.pk, now, version, reason };
}

function add(a: Written, b: Written): Written {
  return { inserted: a.inserted + b.inserted, updated: a.updated + b.updated, deleted: a.deleted + b.deleted };
}
