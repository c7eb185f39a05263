/**
 * Calls that wait for their answer, and the sweep that ends those whose deadline has passed.
 *
 * One coarse timer for all of them, and none while nothing has been pending for a sweep.
 */

/** How late a deadline may strike. */
const SWEEP_MS = 50;

/** Slots of a link that has little to do. A power of two. */
const LEAST_SLOTS = 64;

/** How a promise that somebody else made is settled. */
export interface Settle {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class PendingCall {
  /**
   * @param expires the sweep that ends it
   * @param handovers the outbox' count of handovers when the call was committed
   * @param since when it was sent, by the clock
   */
  constructor(
    readonly id: number,
    readonly expires: number,
    readonly target: string | number,
    readonly timeoutMs: number,
    readonly handovers: number,
    readonly since: number,
    readonly resolve: (value: unknown) => void,
    readonly reject: (error: Error) => void,
  ) {}
}

/**
 * Ids count up, and a call waits in the slot that the last bits of its id name; half of the slots at least are free.
 *
 * Not a Map: it makes a new table again and again as calls come and go, and each old one refers to the next. One that has got old keeps all
 * later ones alive, with their calls, until the next full collection; under load that doubled the cost of a call.
 */
export class PendingCalls {
  #slots: (PendingCall | undefined)[] = emptySlots(LEAST_SLOTS);
  #size = 0;
  readonly #expired: (call: PendingCall) => void;
  #lastId: number;
  /** Time is counted in sweeps: a process that was stopped or stuck reads the answers that came meanwhile before it ends their calls. */
  #sweeps = 0;
  /** No call expires before this sweep. */
  #earliest = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #resolve: (value: unknown) => void = () => {};
  #reject: (error: Error) => void = () => {};
  /** Of every promise: a closure for each call would be as large as the call. */
  readonly #keep = (resolve: (value: unknown) => void, reject: (error: Error) => void): void => {
    this.#resolve = resolve;
    this.#reject = reject;
  };

  /**
   * @param expired gets each call whose deadline has passed; it is no longer pending then
   * @param lastId the id before the first; ids are u32 and begin again at 0 behind the largest
   */
  constructor(expired: (call: PendingCall) => void, lastId = 0) {
    this.#expired = expired;
    this.#lastId = lastId;
  }

  get size(): number {
    return this.#size;
  }

  /** The id of the next call. */
  nextId(): number {
    const last = this.#slots.length - 1;
    do this.#lastId = (this.#lastId + 1) >>> 0;
    while (this.#slots[this.#lastId & last] !== undefined);
    return this.#lastId;
  }

  /** @returns the call's promise */
  add(id: number, target: string | number, timeoutMs: number, handovers: number, since = 0): Promise<unknown> {
    const promise = new Promise(this.#keep);
    this.#insert(id, target, timeoutMs, handovers, since);
    return promise;
  }

  /** As `add`, for a call whose promise is there already. */
  adopt(id: number, target: string | number, timeoutMs: number, handovers: number, since: number, settle: Settle): void {
    this.#keep(settle.resolve, settle.reject);
    this.#insert(id, target, timeoutMs, handovers, since);
  }

  #insert(id: number, target: string | number, timeoutMs: number, handovers: number, since: number): void {
    // One more: the sweep under way may be about to end.
    const expires = this.#sweeps + Math.ceil(timeoutMs / SWEEP_MS) + 1;
    const call = new PendingCall(id, expires, target, timeoutMs, handovers, since, this.#resolve, this.#reject);
    this.#slots[id & (this.#slots.length - 1)] = call;
    if (++this.#size > this.#slots.length / 2) this.#grow();
    if (expires < this.#earliest) this.#earliest = expires;
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Removes a call that has its answer; nothing when it is too late. */
  take(id: number): PendingCall | undefined {
    const slot = id & (this.#slots.length - 1);
    const call = this.#slots[slot];
    if (call?.id !== id) return undefined;
    this.#slots[slot] = undefined;
    this.#size--;
    return call;
  }

  /** Removes all calls, stops the sweep and returns them in the order they were made. */
  drain(): PendingCall[] {
    const calls = this.#slots.filter((call) => call !== undefined);
    this.#stop();
    return this.#sort(calls);
  }

  #sweep(): void {
    this.#sweeps++;
    if (this.#size === 0) {
      this.#stop();
      return;
    }
    if (this.#sweeps < this.#earliest) return;
    let earliest = Number.POSITIVE_INFINITY;
    const expired: PendingCall[] = [];
    for (const call of this.#slots) {
      if (call === undefined) continue;
      if (call.expires > this.#sweeps) {
        if (call.expires < earliest) earliest = call.expires;
        continue;
      }
      this.take(call.id);
      expired.push(call);
    }
    this.#earliest = earliest;
    for (const call of this.#sort(expired)) this.#expired(call);
  }

  /** In the order they were made: by the distance from the last id, since ids begin at 0 again some day. */
  #sort(calls: PendingCall[]): PendingCall[] {
    const place = ({ id }: PendingCall) => (id - this.#lastId - 1) >>> 0;
    return calls.sort((a, b) => place(a) - place(b));
  }

  /** Calls that do not share a slot do not share one of twice as many either. */
  #grow(): void {
    const slots = emptySlots(this.#slots.length * 2);
    for (const call of this.#slots) if (call) slots[call.id & (slots.length - 1)] = call;
    this.#slots = slots;
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#earliest = Number.POSITIVE_INFINITY;
    this.#slots = emptySlots(LEAST_SLOTS);
    this.#size = 0;
  }
}

function emptySlots(count: number): (PendingCall | undefined)[] {
  return new Array<PendingCall | undefined>(count).fill(undefined);
}
