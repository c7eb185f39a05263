/** How long to wait before the next attempt: doubling from a least to a largest time, with jitter so that many leaves do not come at once. */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  #failures = 0;

  constructor(minMs: number, maxMs: number) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  /** The next wait, between half and the whole of the doubled time. */
  next(): number {
    const ms = Math.min(this.#maxMs, this.#minMs * 2 ** this.#failures);
    if (ms < this.#maxMs) this.#failures++;
    return jittered(ms);
  }

  /** The longest wait, for attempts that only a person can help. */
  slowest(): number {
    return jittered(this.#maxMs);
  }

  /** An attempt was good: the next wait is the least. */
  reset(): void {
    this.#failures = 0;
  }
}

function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}
