/**
 * The writer's side of memcached: brings rows there in the order of their versions, and never lets a failing memcached fail a change.
 *
 * After an operation that failed or was not answered nobody knows what memcached holds, so a new epoch is drawn: nodes trust items of the epoch they hold a lease of (cachelease.ts), and no lease
 * is given while memcached does not answer. A value that memcached has no room for is no failure: nothing is kept of the row.
 */
import { randomInt } from 'node:crypto';
import type { Logger } from '../../log/log';
import type { Count, Metrics } from '../../metrics/metrics';
import type { Row } from '../port';
import { encodeItem, TOMBSTONE_SECONDS } from './cacheitem';
import type { MemClient } from './memclient';

/** How often a memcached that failed is tried. */
const PROBE_MS = 250;
/** Rows on their way; beyond it, rows that were only read are not cached. What was changed is bounded by the writer, whose changes wait for it. */
const FILLS = 4_096;

/** What a row's item shall be: `row` null for a tombstone, undefined for nothing. */
interface State {
  readonly version: number;
  readonly row: Row | null | undefined;
}

/** The operations on one item: one is under way, and at most one, of the newest state, waits for it. */
interface Slot {
  readonly name: string;
  /** The newest, on its way or waiting. */
  state: State;
  /** When the operation under way was asked for. */
  since: number;
  /** Settles when it is through. */
  sent: Promise<void>;
  waiting: Waiting | undefined;
}

/** What is brought to memcached in one turn: it leaves together, and is through together. */
interface Batch {
  readonly epoch: number;
  readonly slots: Slot[];
  readonly rows: Map<string, Buffer>;
  /** Tombstones and items that are taken away. */
  readonly others: (() => Promise<unknown>)[];
  readonly sent: Promise<void>;
}

interface Waiting {
  readonly since: number;
  readonly settled: Promise<void>;
  readonly settle: () => void;
}

export interface RowCacheOptions {
  readonly cache: MemClient | undefined;
  readonly leaseMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** A monotonic clock, in ms. */
  readonly now?: () => number;
}

export class RowCache {
  readonly #cache: MemClient | undefined;
  readonly #leaseMs: number;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #epochs: Count;
  readonly #dropped: Count;
  #batch: Batch | undefined;
  readonly #slots = new Map<string, Slot>();
  #epoch = newEpoch();
  #usable = false;
  /** An outage that was logged and is not over. */
  #outage = false;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor({ cache, leaseMs, log, metrics, now = () => performance.now() }: RowCacheOptions) {
    this.#cache = cache;
    this.#leaseMs = leaseMs;
    this.#log = log;
    this.#now = now;
    this.#epochs = metrics.counter('firefly_cache_epochs_total', 'Times that memcached failed, after which nodes trust nothing of before');
    this.#dropped = metrics.counter('firefly_cache_fills_dropped_total', 'Rows that were read and not brought to memcached');
    metrics.gauge('firefly_cache_under_way', 'Rows on their way to memcached', () => this.#slots.size);
    metrics.gauge('firefly_cache_usable', 'Whether memcached answers dbfront', () => Number(this.#usable));
  }

  /** Every process starts with an epoch of its own: what another left in memcached may be newer than what can be known here. */
  async start(): Promise<void> {
    this.#running = true;
    await this.#probe();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await Promise.all(Array.from(this.#slots.values(), (slot) => slot.waiting?.settled ?? slot.sent));
  }

  get usable(): boolean {
    return this.#usable;
  }

  /**
   * The epoch whose items may be trusted for one lease from now; 0 for none.
   *
   * No lease is given while an operation is older than one lease, whatever timers say: this process may have stood still. So two leases after a change nobody trusts what was before it.
   */
  get epoch(): number {
    if (!this.#usable) return 0;
    const latest = this.#now() - this.#leaseMs;
    for (const { since } of this.#slots.values()) {
      if (since > latest) continue;
      this.#failed(this.#epoch, new Error(`an operation has had no answer for ${this.#leaseMs} ms`));
      return 0;
    }
    return this.#epoch;
  }

  /**
   * Brings a row to memcached; null says for a while that there is none. To be called in the turn in which the row got that version.
   *
   * @returns when a reader sees this version or a newer one, or nothing at all; never rejects
   */
  put(name: string, version: number, row: Row | null): Promise<void> {
    return this.#bring(name, { version, row });
  }

  /** All items are wrong by now: a new epoch. Nodes trust nothing of before when one lease is over. */
  distrust(): void {
    this.#epoch = newEpoch();
  }

  /** Takes an item away, whatever the row is. */
  remove(name: string, version: number): Promise<void> {
    return this.#bring(name, { version, row: undefined });
  }

  /** Caches what was read: a row, or null where there is none. To be called in the turn in which the row has that version; late and too many fills are dropped. */
  fill(name: string, version: number, row: Row | null): void {
    if (!this.#usable) return;
    if (this.#slots.size < FILLS && !this.#slots.has(name)) void this.#bring(name, { version, row });
    else this.#dropped.inc();
  }

  #bring(name: string, state: State): Promise<void> {
    const slot = this.#slots.get(name);
    if (slot) {
      if (state.version < slot.state.version) return slot.waiting?.settled ?? slot.sent;
      slot.state = state;
      slot.waiting ??= waiting(this.#now());
      return slot.waiting.settled;
    }
    if (!this.#usable) return DONE;
    const fresh: Slot = { name, state, since: this.#now(), sent: DONE, waiting: undefined };
    this.#slots.set(name, fresh);
    return this.#send(fresh);
  }

  /** Sends what the slot holds now, with all else of this turn. */
  #send(slot: Slot): Promise<void> {
    this.#batch ??= this.#begin();
    const { epoch, slots, rows, others, sent } = this.#batch;
    const { name, state } = slot;
    slots.push(slot);
    slot.sent = sent;
    if (state.row) rows.set(name, encodeItem(epoch, state.version, state.row));
    else if (state.row === null) others.push(() => this.#bury(name, encodeItem(epoch, state.version, null)));
    else others.push(async () => this.#cache?.delete(name));
    return sent;
  }

  #begin(): Batch {
    const [epoch, slots, rows, others]: [number, Slot[], Map<string, Buffer>, Batch['others']] = [this.#epoch, [], new Map(), []];
    const sent = new Promise<void>((resolve) => {
      // From a promise's continuation this is called when all continuations are through: at the end of the turn.
      process.nextTick(async () => {
        this.#batch = undefined;
        const results = await Promise.allSettled([this.#setRows(rows), ...others.map((send) => send())]);
        const failure = results.find((result) => result.status === 'rejected');
        if (failure) this.#failed(epoch, failure.reason);
        for (const slot of slots) this.#goOn(slot);
        resolve();
      });
    });
    return { epoch, slots, rows, others, sent };
  }

  async #setRows(rows: ReadonlyMap<string, Buffer>): Promise<void> {
    if (rows.size === 0 || !this.#cache) return;
    const refused = await this.#cache.setMulti(rows);
    if (refused.length > 0) await this.#cache.deleteMulti(refused);
  }

  async #bury(name: string, tombstone: Buffer): Promise<void> {
    if ((await this.#cache?.set(name, tombstone, TOMBSTONE_SECONDS)) !== 'stored') await this.#cache?.delete(name);
  }

  /** An operation of the slot is through: on with what came meanwhile. */
  #goOn(slot: Slot): void {
    const next = slot.waiting;
    if (next && this.#usable) {
      slot.waiting = undefined;
      slot.since = next.since;
      void this.#send(slot).then(next.settle);
      return;
    }
    this.#slots.delete(slot.name);
    next?.settle();
  }

  /** @param epoch in which the operation was sent: what it may have left behind is of that epoch and no other */
  #failed(epoch: number, error: unknown): void {
    if (epoch !== this.#epoch) return;
    this.#usable = false;
    this.#epoch = newEpoch();
    this.#epochs.inc();
    if (!this.#outage) this.#log.warn({ event: 'cache lost', error }, 'memcached failed; rows are read from dbfront until it answers');
    this.#outage = true;
    this.#probeLater();
  }

  #probeLater(): void {
    clearTimeout(this.#timer);
    if (this.#running) this.#timer = setTimeout(() => void this.#probe(), PROBE_MS);
  }

  async #probe(): Promise<void> {
    if (!this.#cache) return;
    try {
      await this.#cache.ping();
    } catch (error) {
      if (!this.#outage)
        this.#log.warn({ event: 'cache lost', error }, 'memcached does not answer; rows are read from dbfront until it does');
      this.#outage = true;
      this.#probeLater();
      return;
    }
    this.#usable = true;
    if (this.#outage) this.#log.info({ event: 'cache back' }, 'memcached answers again');
    this.#outage = false;
  }
}

const DONE = Promise.resolve();

function waiting(since: number): Waiting {
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { since, settled, settle };
}

function newEpoch(): number {
  return randomInt(1, 2 ** 48 - 1);
}
