/**
 * The open journal: appends now, and one sync after the other for all that wait.
 *
 * What is appended while a sync runs goes into the next; there is no timer. After each sync the writer looks whether it is still the only one before it says that anything is
 * durable.
 */
import { join } from 'node:path';
import { JournalDown, JournalFull, TooLarge } from '../../errors';
import type { Logger } from '../../log/log';
import type { Metrics } from '../../metrics/metrics';
import { faultPoint } from '../faults';
import type { Backlog } from './backlog';
import { Batch } from './batch';
import type { Journal } from './contract';
import { type Claim, shutOut } from './epoch';
import { type Files, isDiskFull } from './files';
import { FRAME_HEAD, MAX_PAYLOAD, SNAPSHOT } from './frame';
import { type SegmentName, seedOf } from './header';
import { JournalMetrics } from './metrics';
import { NewSegment, type OpenSegment } from './newsegment';
import type { Retention } from './retention';

/**
 * Records that may wait for a sync. A successor goes on above that many numbers, so that those which a writer gave away without anybody seeing it are never used again.
 */
export const MAX_WAITING = 2 ** 20;
/** Between two tries to write to a full disk. */
const RETRY_MS = 250;
/** Between two looks at closed segments, and at a sync that does not end. */
const LOOK_MS = 1_000;
/** A sync that takes longer is worth a line in the log. */
const SLOW_MS = 5_000;

export interface FileJournalOptions {
  readonly folder: string;
  readonly files: Files;
  readonly claim: Claim;
  readonly uuid: string;
  readonly segment: OpenSegment;
  /** Sequence of the last record. */
  readonly position: number;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly backlog: Backlog;
  readonly retention: Retention;
  readonly snapshot: () => Buffer;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly down?: (error: JournalDown) => void;
}

export class FileJournal implements Journal {
  readonly uuid: string;
  readonly epoch: number;
  readonly #options: FileJournalOptions;
  readonly #backlog: Backlog;
  readonly #retention: Retention;
  readonly #metrics: JournalMetrics;
  readonly #look: NodeJS.Timeout;
  #segment: OpenSegment;
  /** What the segment holds that is synced. */
  #bytes: number;
  /** As much of it does not count when it is measured whether the segment is large enough. */
  #snapshotBytes = 0;
  #appended: number;
  #synced: number;
  /** Being filled, and being written. They change places, so that their memory is used again. */
  #filling: Batch;
  #writing: Batch;
  /** The snapshot with which the batch being filled begins a segment. */
  #beginning: { readonly first: number; readonly snapshot: Buffer } | undefined;
  #running: Promise<void> | undefined;
  #removals: Promise<void> = Promise.resolve();
  #startedAt = 0;
  #slowTold = false;
  #diskFull = false;
  #down: JournalDown | undefined;
  #closing = false;
  #wake: (() => void) | undefined;

  constructor(options: FileJournalOptions) {
    this.#options = options;
    this.uuid = options.uuid;
    this.epoch = options.claim.epoch;
    this.#backlog = options.backlog;
    this.#retention = options.retention;
    this.#segment = options.segment;
    this.#bytes = options.segment.bytes;
    this.#appended = options.position;
    this.#synced = options.position;
    this.#filling = new Batch(options.segment.seed);
    this.#writing = new Batch(options.segment.seed);
    this.#metrics = new JournalMetrics(options.metrics, {
      unappliedBytes: () => this.unappliedBytes,
      waitingRecords: () => this.#appended - this.#synced,
      keptBytes: () => this.#retention.bytes,
      writable: () => (this.#down || this.#diskFull ? 0 : 1),
    });
    this.#look = setInterval(() => this.#lookAround(), LOOK_MS);
    this.#look.unref();
  }

  get appended(): number {
    return this.#appended;
  }

  get synced(): number {
    return this.#synced;
  }

  get lagMs(): number {
    if (this.#synced === this.#appended) return 0;
    const oldest = this.#writing.last > this.#synced ? this.#writing : this.#filling;
    return performance.now() - oldest.since;
  }

  get unappliedBytes(): number {
    return this.#backlog.bytes;
  }

  append(payload: Buffer): number {
    const bytes = FRAME_HEAD + payload.length;
    if (this.#down || this.#closing)
      throw new JournalDown(this.#down?.reason ?? 'the journal is being closed', { cause: this.#down?.cause });
    if (payload.length > MAX_PAYLOAD) throw new TooLarge('a record of the journal', payload.length, MAX_PAYLOAD);
    if (this.#diskFull) throw this.#noRoom();
    if (this.#backlog.bytes + bytes > this.#options.maxBytes)
      throw this.#full(
        'the journal is at its bound: bring the database back (limits.journalBytes is its bound, from the next start of the cluster)',
      );
    if (this.#appended - this.#synced >= MAX_WAITING) throw this.#full('too many records wait for the journal: its disk does not keep up');
    const sequence = this.#appended + 1;
    this.#filling.add(sequence, payload);
    this.#appended = sequence;
    this.#backlog.add(sequence, bytes);
    this.#running ??= this.#run();
    faultPoint('journal.appended');
    return sequence;
  }

  sync(sequence: number): Promise<void> {
    return this.#whenSynced(sequence, false);
  }

  syncIfRoom(sequence: number): Promise<void> {
    return this.#whenSynced(sequence, true);
  }

  #whenSynced(sequence: number, ifRoom: boolean): Promise<void> {
    if (sequence <= this.#synced) return Promise.resolve();
    if (sequence > this.#appended) return Promise.reject(new RangeError(`the journal has no record ${sequence} yet`));
    if (ifRoom && this.#diskFull && !this.#down) return Promise.reject(this.#noRoom());
    return (sequence <= this.#writing.last ? this.#writing : this.#filling).settled(ifRoom);
  }

  truncate(applied: number): void {
    this.#backlog.apply(applied);
    this.#retention.apply(applied);
    this.#sweep();
    faultPoint('journal.truncated');
  }

  async close(): Promise<void> {
    if (this.#closing) return this.#running;
    this.#closing = true;
    this.#wake?.();
    await this.#running;
    clearInterval(this.#look);
    const down = this.#down;
    await this.#removals;
    await this.#segment.file.close();
    if (down) throw down;
  }

  /** One batch after the other until nothing waits. */
  async #run(): Promise<void> {
    // What this turn of the event loop still appends goes along.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#filling.records > 0 && !this.#down) {
        const batch = this.#takeBatch();
        await this.#commit(batch);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#running = undefined;
  }

  /** Swaps the batches, in a turn in which everything appended is in the writer's memory. */
  #takeBatch(): Batch {
    const batch = this.#filling;
    this.#filling = this.#writing;
    this.#writing = batch;
    batch.begins = this.#beginning;
    this.#beginning = undefined;
    const recordBytes = batch.begins ? 0 : this.#bytes - this.#snapshotBytes;
    if (recordBytes + batch.bytes >= this.#options.segmentBytes) {
      this.#beginning = { first: this.#appended + 1, snapshot: this.#options.snapshot() };
      this.#filling.clear(seedOf(this.uuid, this.epoch, this.#appended + 1));
    } else this.#filling.clear(batch.seed);
    return batch;
  }

  async #commit(batch: Batch): Promise<void> {
    this.#startedAt = performance.now();
    await this.#write(batch);
    faultPoint('journal.written');
    await this.#segment.file.datasync();
    if (!this.#options.claim.held()) throw shutOut(this.#options.folder, this.#options.claim, true);
    this.#bytes += batch.bytes;
    this.#synced = batch.last;
    this.#metrics.synced(batch.records, batch.bytes, performance.now() - this.#startedAt);
    this.#startedAt = 0;
    faultPoint('journal.synced');
    batch.resolve();
  }

  /** Writes a batch behind what is synced, waiting for room when the disk is full. */
  async #write(batch: Batch): Promise<void> {
    for (;;) {
      try {
        if (batch.begins) await this.#rotate(batch.begins);
        batch.begins = undefined;
        await this.#segment.file.write(batch.buffers(), this.#bytes);
        if (this.#diskFull) this.#options.log.info({ folder: this.#options.folder }, 'journal: the disk has room again; changes are taken');
        this.#diskFull = false;
        return;
      } catch (error) {
        if (!isDiskFull(error)) throw error;
        await this.#segment.file.truncate(this.#bytes);
        await this.#awaitRoom(error);
      }
    }
  }

  /** Begins a segment. Everything in the old one is synced by now. */
  async #rotate({ first, snapshot }: { first: number; snapshot: Buffer }): Promise<void> {
    const { files, folder } = this.#options;
    const next = await NewSegment.begin(files, folder, this.uuid, this.epoch, first);
    let segment: OpenSegment;
    try {
      next.add(SNAPSHOT, first - 1, snapshot);
      segment = await next.finish();
    } catch (error) {
      await next.abandon();
      throw error;
    }
    const old = this.#segment;
    this.#segment = segment;
    this.#retention.add({ ...old, last: first - 1, bytes: this.#bytes });
    this.#bytes = segment.bytes;
    this.#snapshotBytes = segment.bytes;
    await old.file.close();
    faultPoint('journal.rotated');
  }

  /** Takes no changes for a while; those that are appended already wait. */
  async #awaitRoom(error: unknown): Promise<void> {
    const { log, folder } = this.#options;
    if (this.#sweep(true) > 0) return this.#removals;
    if (this.#closing) throw error;
    if (!this.#diskFull) log.error({ folder, error }, 'journal: the disk is full; changes are refused until there is room');
    this.#diskFull = true;
    for (const batch of [this.#writing, this.#filling]) batch.delay(this.#noRoom());
    this.#startedAt = 0;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, RETRY_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }

  /** Nothing more is acknowledged by this process. */
  #fail(error: unknown): void {
    if (this.#down) return;
    const down = this.#verdict(error);
    this.#down = down;
    clearInterval(this.#look);
    this.#options.log.fatal({ error: down }, 'journal is down; nothing more is acknowledged');
    this.#writing.reject(down);
    this.#filling.reject(down);
    this.#options.down?.(down);
  }

  #verdict(error: unknown): JournalDown {
    const { folder, claim } = this.#options;
    if (error instanceof JournalDown) return error;
    // A successor removes what is left of others, which shows as strange errors.
    if (!claim.held()) return shutOut(folder, claim, true, error);
    return new JournalDown(`the journal ${folder} cannot be written; start again to see what is durable`, {
      cause: error,
      maybeExecuted: true,
    });
  }

  #noRoom(): JournalFull {
    return this.#full(`the journal's disk is full (${this.#options.folder}): make room on it`);
  }

  #full(reason: string): JournalFull {
    return new JournalFull(reason, this.#backlog.bytes, this.#options.maxBytes);
  }

  #lookAround(): void {
    const { folder, claim } = this.#options;
    // Without this a writer that has nothing to write would never know, and go on showing what it has in memory.
    if (!this.#closing && !claim.held()) {
      this.#fail(shutOut(folder, claim, true));
      return;
    }
    this.#sweep();
    const slow = this.#startedAt > 0 && performance.now() - this.#startedAt > SLOW_MS;
    if (slow && !this.#slowTold)
      this.#options.log.warn({ folder: this.#options.folder }, 'journal: the disk is slow; a sync takes more than 5 s');
    this.#slowTold = slow;
  }

  /** Has closed segments removed that may go; returns how many. */
  #sweep(all = false): number {
    if (this.#down || !this.#options.claim.held()) return 0;
    const due = this.#retention.due(all);
    if (due.length > 0) this.#removals = this.#removals.then(() => this.#remove(due));
    return due.length;
  }

  async #remove(segments: readonly SegmentName[]): Promise<void> {
    for (const { name } of segments) {
      await this.#options.files.remove(join(this.#options.folder, name)).catch((error: unknown) => {
        this.#options.log.warn({ segment: name, error }, 'journal: a segment that is not needed any more cannot be removed');
      });
    }
  }
}
