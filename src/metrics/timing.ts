/**
 * Counts the calls of handlers with as few readings of the clock as can be.
 *
 * A handler that promises its answer is timed by the turns in which it began and ended. Handlers that answer at once and run one after the
 * other share a reading, up to eight, and what they took is divided among them: their sum is right, and where calls are few each is.
 */
import { elapsed, type TurnClock } from './clock';
import type { HandlerSlot } from './handlers';

const SHARED = 8;

export class Timing {
  readonly #clock: TurnClock;
  readonly #ran: (HandlerSlot | undefined)[] = new Array(SHARED).fill(undefined);
  #count = 0;
  #since = 0;

  constructor(clock: TurnClock) {
    this.#clock = clock;
  }

  /** Bytes have come: what they bring begins now. */
  begin(): void {
    this.#since = this.#clock.read();
  }

  /** When a handler that runs now began. */
  now(): number {
    return this.#clock.now();
  }

  /** A handler has answered at once. */
  ran(slot: HandlerSlot | undefined): void {
    this.#ran[this.#count++] = slot;
    if (this.#count === SHARED) this.end();
  }

  /** A handler has thrown at once. */
  threw(slot: HandlerSlot | undefined): void {
    if (slot) slot.failures++;
    this.ran(slot);
  }

  /** A handler that promised its answer has given it. */
  ended(slot: HandlerSlot | undefined, since: number): void {
    slot?.latency.record(elapsed(since, this.#clock.now()));
  }

  /** A handler that promised its answer has failed. */
  rejected(slot: HandlerSlot | undefined, since: number): void {
    if (slot) slot.failures++;
    this.ended(slot, since);
  }

  /** All of these bytes have been dealt with. */
  end(): void {
    const count = this.#count;
    if (count === 0) return;
    const now = this.#clock.read();
    const each = (elapsed(this.#since, now) / count) | 0;
    for (let at = 0; at < count; at++) this.#ran[at]?.latency.record(each);
    this.#count = 0;
    this.#since = now;
  }
}
