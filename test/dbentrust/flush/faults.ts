/** What can go wrong with a transaction, switched on by a test. The statements that get through run on the real database. */
import type { SqlStore, SqlTransaction } from '../../../src/dbentrust/sql/store';
import { SqlRefused, StoreDown } from '../../../src/errors';

export class TransactionFaults {
  /** Transactions are refused as if the database were gone. */
  down = false;
  /** The next transaction is committed and its answer lost. */
  loseAnswer = false;
  /** The next transaction is rolled back instead of committed, and nobody is told. */
  loseCommit = false;
  /** The next transaction meets a deadlock. */
  conflict = false;
  #statements = 0;
  #hold: { reached: () => void; until: Promise<void> } | undefined;
  #release: () => void = () => {};

  /** @returns how many statements transactions have run since this call */
  count(): () => number {
    const before = this.#statements;
    return () => this.#statements - before;
  }

  /** Stops the next transaction before its commit. @returns a promise that resolves when it got there */
  holdCommit(): Promise<void> {
    const until = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    return new Promise((reached) => {
      this.#hold = { reached, until };
    });
  }

  /** Lets go on what was held. */
  release(): void {
    this.#release();
  }

  wrap(store: SqlStore): SqlStore {
    return new Proxy(store, {
      get: (target, name) => {
        if (name === 'transaction') return <T>(body: (tx: SqlTransaction) => Promise<T>) => this.#transaction(store, body);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  async #transaction<T>(store: SqlStore, body: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    if (this.down) throw new StoreDown('the test has cut the database off');
    const { loseAnswer, loseCommit, conflict } = this;
    const hold = this.#hold;
    this.#hold = undefined;
    Object.assign(this, { loseAnswer: false, loseCommit: false, conflict: false });
    const value = await store.transaction(async (tx) => {
      const query: SqlTransaction['query'] = (...args) => {
        this.#statements += 1;
        return tx.query(...args);
      };
      const result = await body({ query, savepoint: (inner) => tx.savepoint(inner) });
      hold?.reached();
      await hold?.until;
      if (conflict) throw new SqlRefused('conflict', 'Deadlock found when trying to get lock');
      if (loseCommit) throw new StoreDown('the connection broke', { maybeExecuted: true });
      return result;
    });
    if (loseAnswer) throw new StoreDown('the answer to the commit was lost', { maybeExecuted: true });
    return value;
  }
}
