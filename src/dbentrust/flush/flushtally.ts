/** What operators see of the flusher: metrics, one log line a cause of failure, an alarm for what SQL refuses. */
import { FireflyError, JournalFull } from '../../errors';
import type { Logger } from '../../log/log';
import type { Count, Metrics } from '../../metrics/metrics';
import type { Quarantine } from './quarantine';
import type { Refused } from './sieve';

/** Rows that an alarm names. */
const NAMED = 10;

export interface TallyOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly quarantine: Quarantine;
  readonly dirty: () => number;
}

export class FlushTally {
  readonly #log: Logger;
  readonly #dirty: () => number;
  readonly #rows: Count;
  readonly #failures: Count;
  readonly #flushes: Count;
  readonly #seconds: Count;
  /** Everything acknowledged before it is in SQL. */
  #cleanUntil = performance.now();
  #cause: string | undefined;

  constructor({ log, metrics, quarantine, dirty }: TallyOptions) {
    this.#log = log;
    this.#dirty = dirty;
    this.#rows = metrics.counter('firefly_rows_flushed_total', 'Rows that flushes wrote to the database');
    this.#failures = metrics.counter('firefly_flush_failures_total', 'Flushes that failed');
    this.#flushes = metrics.counter('firefly_flushes_total', 'Flushes that ended well');
    this.#seconds = metrics.counter('firefly_flush_seconds_total', 'Time that those flushes took');
    metrics.gauge('firefly_quarantined_rows', 'Acknowledged rows that the database refuses', () => quarantine.size);
    metrics.gauge('firefly_dirty_seconds', 'How far the database is behind: the oldest change that waits is not older than this', () =>
      dirty() === 0 ? 0 : (performance.now() - this.#cleanUntil) / 1_000,
    );
  }

  /** @param started of the flush, by `performance.now()` */
  flushed(started: number): void {
    this.#cleanUntil = started;
    this.#flushes.inc();
    this.#seconds.inc((performance.now() - started) / 1_000);
    if (this.#cause !== undefined) this.#log.info({ event: 'flush recovered' }, 'the database takes changes again');
    this.#cause = undefined;
  }

  failed(error: unknown): void {
    this.#failures.inc();
    const cause = error instanceof FireflyError ? error.code : error instanceof Error ? error.name : String(error);
    if (cause === this.#cause) return;
    this.#cause = cause;
    const rows = this.#dirty();
    const about = { event: 'flush failed', rows, error };
    if (error instanceof JournalFull) this.#log.error(about, `nothing goes to the database before the journal has it; ${rows} rows wait`);
    else this.#log.error(about, `the database takes no changes; ${rows} rows wait and are tried again`);
  }

  committed(rows: number, refused: readonly Refused[]): void {
    this.#rows.inc(rows);
    const frozen = refused.filter(({ kind }) => kind !== 'frozen').flatMap(({ images, kind }) => images.map(({ row }) => ({ row, kind })));
    if (frozen.length === 0) return;
    // What the database said may quote a player's data: it lies in the quarantine, not in the log.
    this.#log.error(
      {
        event: 'rows quarantined',
        rows: frozen.length,
        first: frozen.slice(0, NAMED).map(({ row, kind }) => `${row.table.name} ${row.pk} (${kind})`),
      },
      `the database refuses ${frozen.length} acknowledged rows; they lie in the quarantine and are frozen: firefly quarantine list`,
    );
  }
}
