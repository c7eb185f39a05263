/** What an operator sees of the journal. */
import type { Count, Metrics } from '../../metrics/metrics';

export interface JournalGauges {
  readonly unappliedBytes: () => number;
  readonly waitingRecords: () => number;
  readonly keptBytes: () => number;
  readonly writable: () => number;
}

export class JournalMetrics {
  readonly #records: Count;
  readonly #bytes: Count;
  readonly #syncs: Count;
  readonly #seconds: Count;

  constructor(metrics: Metrics, gauges: JournalGauges) {
    this.#records = metrics.counter('firefly_journal_records_total', 'Records that became durable');
    this.#bytes = metrics.counter('firefly_journal_bytes_total', 'Bytes of records that became durable');
    this.#syncs = metrics.counter('firefly_journal_syncs_total', 'Syncs of the journal');
    this.#seconds = metrics.counter('firefly_journal_sync_seconds_total', 'Time spent writing and syncing the journal');
    metrics.gauge('firefly_journal_unapplied_bytes', 'Bytes of records that SQL has not taken', gauges.unappliedBytes);
    metrics.gauge('firefly_journal_waiting_records', 'Records that wait for a sync', gauges.waitingRecords);
    metrics.gauge('firefly_journal_kept_bytes', 'Bytes of closed segments', gauges.keptBytes);
    metrics.gauge('firefly_journal_writable', '1 while the journal takes changes, 0 when its disk is full or it is down', gauges.writable);
  }

  synced(records: number, bytes: number, ms: number): void {
    this.#records.inc(records);
    this.#bytes.inc(bytes);
    this.#syncs.inc();
    this.#seconds.inc(ms / 1_000);
  }
}
