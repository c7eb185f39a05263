/**
 * Calls that wait for their answer, and the sweep that ends those whose deadline has passed.
 *
 * One coarse timer for all of them, and none while nothing has been pending for a sweep.
 */

/** How late a deadline may strike. */
const SWEEP_MS = 50;

export class PendingCall {
  /** The sweep that ends it. */
  expires = 0;

  /** @param handovers the outbox' count of handovers when the call was committed */
  constructor(
    readonly target: string | number,
    readonly timeoutMs: number,
    readonly handovers: number,
    readonly resolve: (value: unknown) => void,
    readonly reject: (error: Error) => void,
  ) {}
}

export class PendingCalls {
  readonly #calls = new Map<number, PendingCall>();
  readonly #expired: (call: PendingCall) => void;
  #lastId: number;
  /** Time is counted in sweeps: a process that was stopped or stuck reads the answers that came meanwhile before it ends their calls. */
  #sweeps = 0;
  /** No call expires before this sweep. */
  #earliest = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param expired gets each call whose deadline has passed; it is no longer pending then
   * @param lastId the id before the first; ids are u32 and begin again at 0 behind the largest
   */
  constructor(expired: (call: PendingCall) => void, lastId = 0) {
    this.#expired = expired;
    this.#lastId = lastId;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** An id that no pending call has. */
  nextId(): number {
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#calls.has(this.#lastId));
    return this.#lastId;
  }

  add(id: number, call: PendingCall): void {
    // One more: the sweep under way may be about to end.
    call.expires = this.#sweeps + Math.ceil(call.timeoutMs / SWEEP_MS) + 1;
    this.#calls.set(id, call);
    if (call.expires < this.#earliest) this.#earliest = call.expires;
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Removes a call that has its answer; nothing when it is too late. */
  take(id: number): PendingCall | undefined {
    const call = this.#calls.get(id);
    if (call) this.#calls.delete(id);
    return call;
  }

  /** Removes all calls, stops the sweep and returns them in the order they were made. */
  drain(): PendingCall[] {
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    this.#stop();
    return calls;
  }

  #sweep(): void {
    this.#sweeps++;
    if (this.#calls.size === 0) {
      this.#stop();
      return;
    }
    if (this.#sweeps < this.#earliest) return;
    let earliest = Number.POSITIVE_INFINITY;
    const expired: PendingCall[] = [];
    for (const [id, call] of this.#calls) {
      if (call.expires > this.#sweeps) {
        if (call.expires < earliest) earliest = call.expires;
        continue;
      }
      this.#calls.delete(id);
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
