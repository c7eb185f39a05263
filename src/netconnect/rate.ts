/** How many frames one connection may send now: a bucket that fills with time up to one second's worth. */
export class FrameRate {
  readonly #perSecond: number;
  #tokens: number;
  #filledAt: number;

  /** @param now `performance.now()`, like all times here */
  constructor(perSecond: number, now: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledAt = now;
  }

  get allows(): boolean {
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens -= 1;
  }

  refill(now: number): void {
    this.#tokens = Math.min(this.#perSecond, this.#tokens + ((now - this.#filledAt) * this.#perSecond) / 1_000);
    this.#filledAt = now;
  }
}
