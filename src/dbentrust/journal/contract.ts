/**
 * The journal as its writer sees it: append, sync, replay, truncate. Contracts only, so that a replicated log can stand in for the file.
 */

/** One thing in the journal, in the order in which it was appended. A snapshot holds what the records before it left behind in memory. */
export interface JournalEntry {
  readonly kind: 'snapshot' | 'record';
  /** Of a record: its own. Of a snapshot: the last one before it. */
  readonly sequence: number;
  readonly payload: Buffer;
}

/** How far SQL follows a journal; it lies in SQL itself. */
export interface Applied {
  readonly uuid: string;
  readonly position: number;
  /** Of the last writer that SQL has seen. */
  readonly epoch?: number;
}

export interface Journal {
  /** Names this journal for ever; SQL keeps it beside its position. */
  readonly uuid: string;
  /** The number of this opening; higher ones shut lower ones out. */
  readonly epoch: number;
  /** Sequence of the last record; 0 when there was none. */
  readonly appended: number;
  /** Sequence of the last record that no power cut takes away. */
  readonly synced: number;
  /** How long the oldest record that is not synced has waited, in milliseconds; 0 when all are. */
  readonly lagMs: number;
  /** Bytes of the records behind the position that `truncate` was told last. */
  readonly unappliedBytes: number;

  /**
   * Adds a record. Never waits: it is on its way to the disk with all others of this turn.
   *
   * @returns its sequence, higher than all before it
   * @throws JournalFull at the bound, JournalDown after a failed sync or when another writer took over
   */
  append(payload: Buffer): number;
  /** Settles when the record with that sequence and all before it are durable, and this writer was still the only one after that. @throws JournalDown */
  sync(sequence: number): Promise<void>;
  /** The same for those who have no record of their own there: nobody knows how long a full disk stays so, and they need not wait for it. @throws JournalFull then, JournalDown */
  syncIfRoom(sequence: number): Promise<void>;
  /** SQL holds everything up to that sequence: closed segments below it may go, after the time they are kept for. */
  truncate(applied: number): void;
  /** Syncs what was appended and closes. */
  close(): Promise<void>;
}
