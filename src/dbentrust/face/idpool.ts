/** Ids that this node may give to new rows: blocks from the writer, used up one by one. An id that was handed out is never handed out again, whatever became of its row. */
import type { IdBlock } from '../port';

export class IdPool {
  readonly #take: () => Promise<IdBlock>;
  #next = 0;
  #end = 0;
  #taking: Promise<void> | undefined;

  /** @param take gets a block */
  constructor(take: () => Promise<IdBlock>) {
    this.#take = take;
  }

  async next(): Promise<number> {
    while (this.#next >= this.#end) {
      this.#taking ??= this.#refill();
      await this.#taking;
    }
    return this.#next++;
  }

  async #refill(): Promise<void> {
    try {
      const { first, count } = await this.#take();
      this.#next = first;
      this.#end = first + count;
    } finally {
      this.#taking = undefined;
    }
  }
}
