/** How many lines a second strangers may cause, so that they cannot fill a disk; the rest is counted. */
export class LineBudget {
  readonly #perSecond: number;
  #since = 0;
  #allowed = 0;
  #refused = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether one more line may be written now; counts it when not. */
  allows(now = performance.now()): boolean {
    if (now - this.#since >= 1_000) {
      this.#since = now;
      this.#allowed = 0;
    }
    if (this.#allowed >= this.#perSecond) {
      this.#refused += 1;
      return false;
    }
    this.#allowed += 1;
    return true;
  }

  /** Lines that were not written and not told before, once their second is over. @param all also while it is not */
  takeRefused(all = false, now = performance.now()): number {
    if (!all && now - this.#since < 1_000) return 0;
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }
}
