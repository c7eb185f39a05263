/** Handlers of the whole front that have not answered yet, who waits for them to end, and how many there may be while there is a bound. */
import { within } from './deadline';

export interface InFlightBound {
  readonly requests: number;
  /** Of their payloads. */
  readonly bytes: number;
}

/** The part of the bound below which it goes on: not at every single answer. */
const GOES_ON = 3 / 4;

export class InFlight {
  #count = 0;
  #bytes = 0;
  #bound: InFlightBound | undefined;
  #isFull = false;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  /** Whether none more may start. */
  get isFull(): boolean {
    return this.#isFull;
  }

  started(bytes: number): void {
    this.#count += 1;
    this.#bytes += bytes;
    if (this.#bound) this.#compare(this.#bound);
  }

  ended(bytes: number): void {
    this.#count -= 1;
    this.#bytes -= bytes;
    if (this.#bound) this.#compare(this.#bound);
    if (this.#count > 0 || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** From now on there may be no more than that; as many as come without a bound. */
  limit(bound: InFlightBound | undefined): void {
    this.#bound = bound;
    this.#isFull = false;
    if (bound) this.#compare(bound);
  }

  /** Waits until there is none. @returns false when there still are at the deadline */
  async none(deadlineMs: number): Promise<boolean> {
    if (this.#count === 0) return true;
    return within(new Promise<void>((resolve) => this.#waiting.push(resolve)), deadlineMs);
  }

  #compare({ requests, bytes }: InFlightBound): void {
    const part = this.#isFull ? GOES_ON : 1;
    this.#isFull = this.#count >= part * requests || this.#bytes >= part * bytes;
  }
}
