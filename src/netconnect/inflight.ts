/** Handlers of the whole front that have not answered yet, and who waits for them to end. */
import { within } from './deadline';

export class InFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  started(): void {
    this.#count += 1;
  }

  ended(): void {
    this.#count -= 1;
    if (this.#count > 0 || this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Waits until there is none. @returns false when there still are at the deadline */
  async none(deadlineMs: number): Promise<boolean> {
    if (this.#count === 0) return true;
    return within(new Promise<void>((resolve) => this.#waiting.push(resolve)), deadlineMs);
  }
}
