/**
 * The writer's side of memcached: puts rows there in the order of their versions, and never lets a failing memcached fail a write.
 *
 * After a failed or timed-out operation nobody knows what memcached holds, so the epoch changes: items of earlier epochs are not trusted any more. The epoch is an item itself here;
 * the lease of it that dbfront grants to each node (DESIGN section 8, "Reading") takes its place in `#renew`, and closes the gap between the failure and the moment memcached can be told.
 */
import { randomInt } from 'node:crypto';
import { QueueFull } from '../errors';
import type { Logger } from '../log/log';
import type { MemClient } from './cache/memclient';
import { decodeEpoch, EPOCH, encodeEpoch, encodeItem } from './cacheitem';
import type { Row } from './port';

/** How often the epoch's item is looked after, and a lost memcached tried. */
const RENEW_MS = 250;
/** Rows on their way; beyond it, rows that were only read are not cached. */
const FILLS = 4_096;

interface Slot {
  version: number;
  row: Row | null;
  /** Settles when the newest state is with memcached; undefined while nothing waits. */
  next: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
}

export class RowCache {
  readonly #cache: MemClient | undefined;
  readonly #log: Logger;
  readonly #slots = new Map<string, Slot>();
  #epoch = newEpoch();
  #usable = false;
  /** An outage that was logged and is not over. */
  #outage = false;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(cache: MemClient | undefined, log: Logger) {
    this.#cache = cache;
    this.#log = log;
  }

  /** A new writer starts a new epoch: what an earlier one left in memcached may be newer than SQL. */
  async start(): Promise<void> {
    this.#running = true;
    await this.#renew();
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    await Promise.all([...this.#slots.values()].map((slot) => slot.next?.promise));
  }

  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Brings a row to memcached, or takes it away (null). To be called in the turn in which the row got that version.
   *
   * @returns when a reader sees this version or a newer one, or nothing at all; never rejects
   */
  put(name: string, version: number, row: Row | null): Promise<void> {
    const slot = this.#slots.get(name);
    if (!slot) {
      if (!this.#usable) return Promise.resolve();
      const fresh: Slot = { version, row, next: undefined };
      this.#slots.set(name, fresh);
      return this.#wait(name, fresh, true);
    }
    if (version >= slot.version) {
      slot.version = version;
      slot.row = row;
    }
    return this.#wait(name, slot, false);
  }

  /** Caches a row that was read. Late fills and those beyond the bound are dropped. */
  fill(name: string, version: number, row: Row): void {
    if (this.#slots.size < FILLS && !this.#slots.has(name)) void this.put(name, version, row);
  }

  #wait(name: string, slot: Slot, start: boolean): Promise<void> {
    if (!slot.next) {
      let resolve = () => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      slot.next = { promise, resolve };
    }
    const { promise } = slot.next;
    if (start) void this.#send(name, slot);
    return promise;
  }

  async #send(name: string, slot: Slot): Promise<void> {
    for (let next = slot.next; next; next = slot.next) {
      slot.next = undefined;
      await this.#sendOne(name, slot.version, slot.row);
      next.resolve();
    }
    this.#slots.delete(name);
  }

  async #sendOne(name: string, version: number, row: Row | null): Promise<void> {
    if (!this.#cache || !this.#usable) return;
    try {
      if (row) await this.#cache.set(name, encodeItem(this.#epoch, version, row));
      else await this.#cache.delete(name);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#usable = false;
    this.#epoch = newEpoch();
    if (this.#outage || error instanceof QueueFull) return;
    this.#outage = true;
    this.#log.warn({ event: 'cache lost', error }, 'memcached does not answer; rows are read from dbfront until it does');
  }

  /** Keeps the epoch's item in memcached: after an outage the new one, and the same again where it was evicted. */
  async #renew(): Promise<void> {
    const cache = this.#cache;
    if (!cache) return;
    try {
      const epoch = this.#epoch;
      const there = this.#usable ? decodeEpoch(await cache.get(EPOCH)) : undefined;
      if (there !== epoch) await cache.set(EPOCH, encodeEpoch(epoch));
      this.#recovered(epoch);
    } catch (error) {
      this.#failed(error);
    }
    if (this.#running) this.#timer = setTimeout(() => void this.#renew(), RENEW_MS);
  }

  #recovered(epoch: number): void {
    if (epoch !== this.#epoch) return; // failed again meanwhile
    this.#usable = true;
    if (this.#outage) this.#log.info({ event: 'cache back' }, 'memcached answers again');
    this.#outage = false;
  }
}

function newEpoch(): number {
  return randomInt(1, 2 ** 48 - 1);
}
