/**
 * The time, read once for many: a reading costs as much as a small call, and what happens in one turn of the event loop happens at one time.
 *
 * Times are microseconds as an i32 that wraps around: V8 keeps it without a heap number. Only differences mean anything, up to 35 minutes.
 */

/** Reads the clock. */
export function micros(): number {
  return (performance.now() * 1_000) | 0;
}

/** What lies between two times. */
export function elapsed(since: number, now: number): number {
  return (now - since) | 0;
}

export class TurnClock {
  #now = 0;
  #isOfThisTurn = false;
  readonly #turnEnds = (): void => {
    this.#isOfThisTurn = false;
  };

  /** The time of this turn: when bytes came last in it, or else when it was first asked for. */
  now(): number {
    return this.#isOfThisTurn ? this.#now : this.read();
  }

  /** Reads the clock anew: bytes have come, or work has been done. */
  read(): number {
    this.#now = micros();
    if (!this.#isOfThisTurn) {
      this.#isOfThisTurn = true;
      setImmediate(this.#turnEnds);
    }
    return this.#now;
  }
}
