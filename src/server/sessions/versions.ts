/**
 * Versions of session records: a hybrid logical clock.
 *
 * The time, so that they rise where nobody remembers the last one; and one more than the largest that was seen, so that they rise also from one root to another
 * whose clock is behind. What one has written, the next must be shown before it writes.
 */
export class Versions {
  #newest = 0;

  /** The largest that was given out or seen. */
  get newest(): number {
    return this.#newest;
  }

  /** @returns a version larger than all before */
  next(): number {
    this.#newest = Math.max(this.#newest + 1, Date.now());
    return this.#newest;
  }

  /** Somebody else gave it out. */
  see(version: number): void {
    if (version > this.#newest) this.#newest = version;
  }
}
