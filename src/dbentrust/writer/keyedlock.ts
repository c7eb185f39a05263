/**
 * One at a time a key, in the order of arrival; different keys do not wait for each other.
 *
 * All keys of a piece of work are taken in one step, so two pieces of work never wait for each other.
 */
import { QueueFull } from '../../errors';

export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();
  #size = 0;

  constructor(
    readonly name: string,
    readonly bound: number,
  ) {}

  /**
   * Runs `body` when all earlier work on any of the keys has ended.
   *
   * @throws QueueFull when `bound` pieces of work are under way or wait
   */
  async run<T>(keys: readonly string[], body: () => T | Promise<T>): Promise<T> {
    if (this.#size >= this.bound) throw new QueueFull(this.name, this.bound);
    this.#size += 1;
    const earlier = keys.flatMap((key) => this.#tails.get(key) ?? []);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const key of keys) this.#tails.set(key, held);
    try {
      if (earlier.length > 0) await Promise.all(earlier);
      return await body();
    } finally {
      for (const key of keys) if (this.#tails.get(key) === held) this.#tails.delete(key);
      this.#size -= 1;
      release();
    }
  }

  /** Whether nobody works on the key or waits for it: what is done in this very turn needs no lock. */
  isFree(key: string): boolean {
    return !this.#tails.has(key);
  }

  /** Pieces of work that are under way or wait. */
  get size(): number {
    return this.#size;
  }
}
