/** What the flusher writes to SQL, and where it gets it from. Contracts only. */

import type { RowState } from '../writer/table';
import type { Image } from './cut';
import type { FrozenRow } from './quarantine';

/** Everything that was dirty at one position of the journal. */
export interface Cut {
  readonly position: number;
  readonly images: readonly Image[];
  /** Rows that changed together since the last cut: what SQL refuses takes its group with it. */
  readonly groups: readonly (readonly RowState[])[];
  /** The last id granted, by table, for tables whose ids moved on. */
  readonly ids: ReadonlyMap<string, number>;
}

export interface FlushSource {
  /** Takes the cut of this moment; undefined when nothing moved since the last one that was committed. */
  take(): Cut | undefined;
  /** Settles when the journal is durable up to that position. @throws JournalFull, JournalDown */
  durable(position: number): Promise<void>;
  /**
   * The cut is committed. Rows in `frozen` lie in the quarantine, with the reason; the others are clean unless they changed meanwhile, and `stored` is what was written.
   *
   * A row that changed meanwhile and is frozen now stays dirty: the next cut brings the change into the quarantine.
   */
  committed(cut: Cut, frozen: ReadonlyMap<RowState, string>): void;
  /** The cut was not committed, or nobody knows: what it took is dirty still. */
  failed(cut: Cut): void;
  /** Rows left the quarantine. `written`: SQL holds what was acknowledged; `dropped`: what SQL holds counts. */
  thawed(rows: readonly FrozenRow[], how: 'written' | 'dropped'): void;
}
