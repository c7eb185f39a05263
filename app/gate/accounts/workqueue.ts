/** Work that costs a processor: a few pieces at once, a bounded number waiting, the rest refused. */
import { QueueFull } from 'firefly-ts';

export class WorkQueue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly atOnce: number,
    readonly bound: number,
  ) {}

  /** Runs `work` in its turn. @throws QueueFull when too much is waiting; `work` was not started then */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.atOnce) this.#running += 1;
    else await this.#turn();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  #turn(): Promise<void> {
    if (this.#waiting.length >= this.bound) throw new QueueFull(this.name, this.bound);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
