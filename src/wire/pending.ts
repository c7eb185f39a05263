/**
 * Calls that wait for their answer, and the sweep that ends those whose deadline has passed.
 *
 * One coarse timer for all of them, and none while nothing has been pending for a sweep.
 */

/** How late a deadline may strike. */
const SWEEP_MS = 50;

export interface PendingCall {
  readonly target: string | number;
  readonly timeoutMs: number;
  /** The outbox' count of handovers when the call was committed. */
  readonly handovers: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Entry {
  readonly call: PendingCall;
  readonly expires: number;
}

export class PendingCalls {
  readonly #entries = new Map<number, Entry>();
  readonly #expired: (call: PendingCall) => void;
  #lastId = 0;
  /** No call expires before this. */
  #earliest = Number.POSITIVE_INFINITY;
  #lastSweep = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param expired gets each call whose deadline has passed; it is no longer pending then */
  constructor(expired: (call: PendingCall) => void) {
    this.#expired = expired;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** An id that no pending call has. */
  nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#entries.has(this.#lastId));
    return this.#lastId;
  }

  add(id: number, call: PendingCall): void {
    const now = performance.now();
    const expires = now + call.timeoutMs;
    this.#entries.set(id, { call, expires });
    if (expires < this.#earliest) this.#earliest = expires;
    if (this.#timer) return;
    this.#lastSweep = now;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Removes a call that has its answer; nothing when it is too late. */
  take(id: number): PendingCall | undefined {
    const entry = this.#entries.get(id);
    if (entry) this.#entries.delete(id);
    return entry?.call;
  }

  /** Removes all calls, stops the sweep and returns them in the order they were made. */
  drain(): PendingCall[] {
    const calls = [...this.#entries.values()].map((entry) => entry.call);
    this.#entries.clear();
    this.#stop();
    return calls;
  }

  #sweep(): void {
    if (this.#entries.size === 0) {
      this.#stop();
      return;
    }
    const now = performance.now();
    const stalled = now - this.#lastSweep > 4 * SWEEP_MS;
    this.#lastSweep = now;
    // After a stall of this process the answers may lie in the socket: they are read before the next sweep.
    if (stalled || now < this.#earliest) return;
    let earliest = Number.POSITIVE_INFINITY;
    const expired: PendingCall[] = [];
    for (const [id, { call, expires }] of this.#entries) {
      if (expires > now) {
        if (expires < earliest) earliest = expires;
        continue;
      }
      this.#entries.delete(id);
      expired.push(call);
    }
    this.#earliest = earliest;
    for (const call of expired) this.#expired(call);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#earliest = Number.POSITIVE_INFINITY;
  }
}
