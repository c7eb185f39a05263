/**
 * Transactions behind the fence, one at a time: each knows in the end whether it was committed.
 *
 * A commit whose answer was lost is asked about in the next transaction, before anything else: the lock of the fence orders the two.
 */
import { Replaced } from '../../errors';
import type { SqlStore, SqlTransaction } from '../sql/store';
import type { Fence } from './applied';

/** One transaction, and what is made of how it ended: `committed` or `failed` is called once. */
export interface Work<T> {
  /** @param position that SQL is at */
  run(tx: SqlTransaction, position: number): Promise<T>;
  committed(value: T): void;
  failed(): void;
  /** Asked later, when the commit had no answer. @param position that SQL is at by then */
  happened(tx: SqlTransaction, position: number): Promise<boolean>;
}

export class Fenced {
  readonly #store: SqlStore;
  readonly #fence: Fence;
  readonly #onReplaced: (error: Replaced) => void;
  #doubt: Work<void> | undefined;
  #replaced: Replaced | undefined;

  /** @param onReplaced called once, when a successor took over */
  constructor(store: SqlStore, fence: Fence, onReplaced: (error: Replaced) => void) {
    this.#store = store;
    this.#fence = fence;
    this.#onReplaced = onReplaced;
  }

  /** Only after `settle`. @throws Replaced, and what the work or the database threw */
  async run<T>(work: Work<T>): Promise<T> {
    let done: { readonly value: T } | undefined;
    try {
      const value = await this.#transaction(async (tx, position) => {
        const result = await work.run(tx, position);
        done = { value: result };
        return result;
      });
      work.committed(value);
      return value;
    } catch (error) {
      const result = done;
      if (result) this.#doubt = { ...work, run: async () => undefined, committed: () => work.committed(result.value) };
      else work.failed();
      throw error;
    }
  }

  /** Finds out how the last transaction ended, if nobody knows. @throws Replaced, StoreDown */
  async settle(): Promise<void> {
    if (this.#replaced) throw this.#replaced;
    const doubt = this.#doubt;
    if (!doubt) return;
    const happened = await this.#transaction((tx, position) => doubt.happened(tx, position));
    this.#doubt = undefined;
    if (happened) doubt.committed();
    else doubt.failed();
  }

  async #transaction<T>(body: (tx: SqlTransaction, position: number) => Promise<T>): Promise<T> {
    if (this.#replaced) throw this.#replaced;
    try {
      return await this.#store.transaction(async (tx) => body(tx, await this.#fence.enter(tx)));
    } catch (error) {
      if (error instanceof Replaced) {
        this.#replaced = error;
        this.#onReplaced(error);
      }
      throw error;
    }
  }
}
