/** The parts of a writer, and who knows whom. */
import type { Limits } from '../../config/config';
import type { Logger } from '../../log/log';
import type { Metrics } from '../../metrics/metrics';
import type { MemClient } from '../cache/memclient';
import { RowCache } from '../cache/rowcache';
import { Flusher } from '../flush/flusher';
import type { Quarantine } from '../flush/quarantine';
import type { Journal } from '../journal/contract';
import type { JournalOptions } from '../journal/open';
import type { Durability } from '../port';
import type { SqlStore } from '../sql/store';
import { Commits } from './commits';
import { DirtyRows } from './dirtyrows';
import { IdBlocks } from './ids';
import { Marks } from './marks';
import type { Opened } from './opening';
import { RowLocks } from './rowlocks';
import { RowReads } from './rowreads';
import { Rows } from './rows';
import type { State } from './state';
import { Steps } from './steps';
import { Tables } from './tables';

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

export interface Parts {
  readonly state: State;
  readonly journal: Journal;
  readonly quarantine: Quarantine;
  readonly tables: Tables;
  readonly cache: RowCache;
  readonly dirty: DirtyRows;
  readonly flusher: Flusher;
  readonly reads: RowReads;
  readonly rows: Rows;
  readonly ids: IdBlocks;
  readonly commits: Commits;
  readonly rowLocks: RowLocks;
  readonly marks: Marks;
  /** Rows on their way out of memcached, after a drop. */
  readonly forgotten: Set<Promise<void>>;
}

/** @param fail called when another writer took over */
export function wire(options: WriterOptions, opened: Opened, fail: (error: Error) => void): Parts {
  const { store, limits, log, metrics } = options;
  const { state, journal, fence, quarantine, applied } = opened;
  const marks = new Marks(journal, log);
  const forgotten = new Set<Promise<void>>();
  const tables = new Tables({ store, state, journal, quarantine, durability: options.durability ?? {}, log });
  const cache = new RowCache({ cache: options.cache, leaseMs: limits.cacheLeaseMs, log, metrics });
  const dirty: DirtyRows = new DirtyRows(
    {
      tables: state.tables,
      position: () => journal.appended,
      durable: (position) => rows.durable(position),
      cleaned: (row) => rows.cleaned(row),
      released: (row) => marks.thawed(row, row.now),
      dropped: (row) => forgotten.add(rows.dropped(row, marks.thawed(row, row.stored))),
    },
    applied,
  );
  // Those of the journal may not have come to SQL yet.
  for (const [table, last] of state.ids) dirty.granted(table, last);
  const flusher = new Flusher({
    store,
    fence,
    quarantine,
    source: dirty,
    tables: state.tables,
    intervalMs: limits.flushIntervalMs,
    rows: limits.flushRows,
    log,
    metrics,
    dirty: () => dirty.size,
    applied: (position) => journal.truncate(position),
    replaced: fail,
  });
  const reads = new RowReads(store, flusher);
  const rows: Rows = new Rows({ reads, cache, journal, dirty, dirtyBound: limits.dirtyRows });
  const grant = async (table: string, last: number) => {
    const sequence = marks.granted(table, last);
    state.granted(table, last);
    dirty.granted(table, last);
    await rows.durable(sequence);
  };
  const ids = new IdBlocks({ store, granted: state.ids, grant });
  const steps = new Steps(state, reads, ids);
  state.leases.ranOut = (table, pk, token) => marks.ranOut(table, pk, token);
  const commits = new Commits({ state, rows, reads, journal, groupBound: limits.transactionRows, stepsOf: (group) => steps.of(group) });
  const rowLocks = new RowLocks({ state, rows, commits, journal });
  const parts = { state, journal, quarantine, tables, cache, dirty, flusher, reads, rows, ids, commits, rowLocks, marks, forgotten };
  measure(metrics, parts);
  return parts;
}

function measure(metrics: Metrics, { dirty, rows, commits, state }: Parts): void {
  metrics.gauge('firefly_dirty_rows', 'Rows whose last change is not in SQL yet', () => dirty.size);
  metrics.gauge('firefly_clean_rows', 'Rows kept in memory that SQL holds too', () => rows.clean);
  metrics.gauge('firefly_writer_under_way', 'Changes that are not answered yet', () => commits.underWay);
  metrics.gauge('firefly_identities', 'Answers remembered for nodes that may ask again', () => state.identities.size);
  metrics.gauge('firefly_row_leases', 'Leases on rows', () => state.leases.size);
}
