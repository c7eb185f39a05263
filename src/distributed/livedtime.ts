/**
 * Time as the process lives it: while it is stopped or stuck, next to none passes.
 *
 * For deadlines of what waits for a message: one that came while the process stood still is read before they strike.
 */

/** What counts of a time in which nobody asked. More than a busy process needs for a turn, much less than any deadline. */
const MOST_MS = 250;

export class LivedTime {
  #lived = 0;
  #asked = performance.now();

  /** Milliseconds that were lived. To be asked several times in `MOST_MS`. */
  now(): number {
    const now = performance.now();
    this.#lived += Math.min(now - this.#asked, MOST_MS);
    this.#asked = now;
    return this.#lived;
  }
}
