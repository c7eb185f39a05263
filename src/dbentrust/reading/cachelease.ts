/**
 * A node's lease of the cache epoch: which items of memcached it may trust, and until when.
 *
 * dbfront is asked while the node reads, one question at a time. A lease counts from when its question was sent, by this process's own clock, so that whatever delays the answer shortens it.
 */

/** Questions in the time of one lease. */
const RENEWALS = 4;
/** Leases after the last read for which the questions go on. */
const IDLE_LEASES = 5;

export interface LeaseOptions {
  /** Asks dbfront; 0: no item is to be trusted. */
  readonly ask: () => Promise<number>;
  readonly leaseMs: number;
  /** A monotonic clock, in ms. */
  readonly now: () => number;
}

export class CacheLease {
  readonly #options: LeaseOptions;
  #epoch = 0;
  #until = Number.NEGATIVE_INFINITY;
  #usedAt = Number.NEGATIVE_INFINITY;
  #asking = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** Whether an epoch is leased now; asks nobody. */
  get held(): boolean {
    return this.#options.now() < this.#until;
  }

  /** The epoch that is leased now, 0 when there is none. That it was asked for keeps it renewed. */
  use(): number {
    const now = this.#options.now();
    this.#usedAt = now;
    if (!this.#asking && !this.#timer) void this.#renew();
    return now < this.#until ? this.#epoch : 0;
  }

  close(): void {
    this.#closed = true;
    this.#until = Number.NEGATIVE_INFINITY;
    clearTimeout(this.#timer);
  }

  async #renew(): Promise<void> {
    if (this.#closed) return;
    const { ask, leaseMs, now } = this.#options;
    const sentAt = now();
    this.#asking = true;
    try {
      const epoch = await ask();
      this.#epoch = epoch;
      this.#until = epoch === 0 || this.#closed ? Number.NEGATIVE_INFINITY : sentAt + leaseMs;
    } catch {
      // dbfront cannot be reached: what is held ends by itself, and reads that go to dbfront say what is wrong.
    }
    this.#asking = false;
    if (this.#closed || now() - this.#usedAt > IDLE_LEASES * leaseMs) return;
    const pauseMs = leaseMs / RENEWALS;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        void this.#renew();
      },
      Math.max(1, Math.min(pauseMs, sentAt + pauseMs - now())),
    );
  }
}
