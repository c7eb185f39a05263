/**
 * Brings SQL up to what was acknowledged: on an interval, on demand, and at the stop.
 *
 * One flush at a time. A row is clean only after the commit, and only if it did not change meanwhile. When the database is down everything stays dirty and is tried again
 * with back-off; a row that SQL refuses is set apart, so that it holds nobody else back.
 */
import { QueueFull, SqlRefused, StoreDown } from '../errors';
import type { Logger } from '../log/log';
import { type Image, type Written, writeCut } from './cut';
import type { FlushReport } from './port';
import type { SqlStore } from './sql/store';
import type { ManagedTable, RowState } from './table';
import { TableSql } from './tablesql';

const BACK_OFF_MIN_MS = 250;
const BACK_OFF_MAX_MS = 5_000;
/** A row that SQL refuses is tried this often at most, unless it changes or somebody asks for a flush. */
const REFUSED_MAX_MS = 60_000;

export interface FlusherOptions {
  readonly store: SqlStore;
  readonly tables: ReadonlyMap<string, ManagedTable>;
  readonly intervalMs: number;
  /** Most rows in a statement. */
  readonly rows: number;
  readonly log: Logger;
  /** Called for each row that became clean. */
  readonly cleaned: (row: RowState) => void;
  readonly failed: () => void;
}

export class Flusher {
  readonly #options: FlusherOptions;
  readonly #texts = new Map<ManagedTable, TableSql>();
  /** What waits to start, by table; '' is all of them. Who asks meanwhile joins it. */
  readonly #next = new Map<string, Promise<FlushReport>>();
  #tail: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #running = false;
  #backOffMs = 0;
  #commits = 0;

  constructor(options: FlusherOptions) {
    this.#options = options;
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

  /** Writes everything that is dirty at the call, of one table or of all. @throws StoreDown */
  flush(table?: ManagedTable): Promise<FlushReport> {
    const scope = table?.name ?? '';
    const known = this.#next.get(scope);
    if (known) return known;
    const next = this.between(() => {
      this.#next.delete(scope);
      return this.#flush(table ? [table] : [...this.#options.tables.values()], true);
    });
    this.#next.set(scope, next);
    return next;
  }

  /** Runs `body` while no flush runs. */
  between<T>(body: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(body);
    this.#tail = run.catch(() => undefined);
    return run;
  }

  #schedule(ms: number): void {
    if (!this.#running) return;
    this.#timer = setTimeout(() => {
      this.between(() => this.#flush([...this.#options.tables.values()], false))
        .catch(() => undefined) // logged and counted where it failed; the rows are still dirty
        .finally(() => this.#schedule(this.#backOffMs || this.#options.intervalMs));
    }, ms);
  }

  async #flush(tables: readonly ManagedTable[], asked: boolean): Promise<FlushReport> {
    const started = performance.now();
    const good: Image[] = [];
    const doubtful: Image[] = [];
    for (const table of tables) {
      for (const row of table.dirty) {
        if (!row.refused) good.push(imageOf(row));
        else if (asked || row.refused.version !== row.version || Date.now() >= row.refused.retryAt) doubtful.push(imageOf(row));
      }
    }
    const written: Written = { inserted: 0, updated: 0, deleted: 0 };
    const refused: { table: string; pk: RowState['pk']; reason: string }[] = [];
    try {
      if (good.length > 0) await this.#writeOrSplit(good, written);
      for (const image of doubtful) await this.#writeOrSplit([image], written);
    } catch (error) {
      this.#down(error, good.length + doubtful.length);
      throw error;
    }
    this.#up();
    for (const table of tables) {
      for (const row of table.dirty) if (row.refused) refused.push({ table: table.name, pk: row.pk, reason: row.refused.reason });
    }
    return { ...written, refused, dirty: this.#dirty(), ms: Math.round(performance.now() - started) };
  }

  /** One transaction; when SQL refuses it, its two halves, down to the rows that are at fault. */
  async #writeOrSplit(images: readonly Image[], written: Written): Promise<void> {
    try {
      const done = await this.#options.store.transaction((tx) => writeCut(tx, images, (table) => this.textsOf(table)));
      written.inserted += done.inserted;
      written.updated += done.updated;
      written.deleted += done.deleted;
    } catch (error) {
      // The commit may have happened although its answer was an error: the next attempt asks the database.
      for (const { row } of images) row.stored = undefined;
      if (isPassing(error)) throw error;
      const [first] = images;
      if (images.length === 1 && first) {
        this.#refuse(first, error);
        return;
      }
      const middle = images.length >> 1;
      await this.#writeOrSplit(images.slice(0, middle), written);
      await this.#writeOrSplit(images.slice(middle), written);
      return;
    }
    this.#committed(images);
  }

  #committed(images: readonly Image[]): void {
    this.#commits += 1;
    for (const { row, now, version } of images) {
      row.stored = now;
      if (row.version !== version) continue; // changed during the flush: still dirty
      row.table.clean(row);
      this.#options.cleaned(row);
    }
  }

  /** The later quarantine of DESIGN section 8 takes such a row from here, into its table. */
  #refuse({ row, version }: Image, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    const backOffMs = Math.min((row.refused?.backOffMs ?? BACK_OFF_MAX_MS / 2) * 2, REFUSED_MAX_MS);
    if (row.refused?.version !== version) {
      this.#options.log.error(
        { event: 'row refused by SQL', table: row.table.name, pk: String(row.pk), error },
        `${row.table.name} ${row.pk}: SQL refuses the acknowledged row; it stays in memory and is tried again`,
      );
    }
    row.refused = { version, reason, retryAt: Date.now() + backOffMs, backOffMs };
  }

  #down(error: unknown, rows: number): void {
    this.#options.failed();
    if (this.#backOffMs === 0) {
      this.#options.log.error(
        { event: 'flush failed', rows, error },
        `the database takes no changes; ${rows} rows wait in memory and are tried again`,
      );
    }
    this.#backOffMs = Math.min(Math.max(this.#backOffMs * 2, BACK_OFF_MIN_MS), BACK_OFF_MAX_MS);
  }

  #up(): void {
    if (this.#backOffMs > 0) this.#options.log.info({ event: 'flush recovered' }, 'the database takes changes again');
    this.#backOffMs = 0;
  }

  #dirty(): number {
    let dirty = 0;
    for (const table of this.#options.tables.values()) dirty += table.dirty.size;
    return dirty;
  }
}

/** The database is at fault, or the moment: the same rows may do later. */
function isPassing(error: unknown): boolean {
  return error instanceof StoreDown || error instanceof QueueFull || (error instanceof SqlRefused && error.kind === 'conflict');
}

function imageOf(row: RowState): Image {
  return { row, now: row.now, version: row.version };
}
