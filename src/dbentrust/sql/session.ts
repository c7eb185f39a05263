/**
 * One borrowed connection, and a transaction on it: what both dialects build their store from.
 */
import { StoreDown } from '../../errors';
import { refuseSessionChange } from './statement';
import type { SqlExecutor, SqlResult, SqlTransaction, SqlValue } from './store';

/** A connection that is the borrower's alone until `release`. Runs any statement, BEGIN and SET included. */
export interface Session extends SqlExecutor {
  release(): void;
}

export interface SessionSource {
  /** @param sqlMs deadline of each statement of this session; the store's own when left out */
  acquire(sqlMs?: number): Promise<Session>;
}

/**
 * Runs `body` between BEGIN and COMMIT.
 *
 * @param begin the dialect's words for it
 * @param idleMs how long the body may run without a statement before it is rolled back: a body that waits for something else must not hold the connection for ever
 */
export async function runTransaction<T>(
  source: SessionSource,
  begin: string,
  idleMs: number,
  body: (tx: SqlTransaction) => Promise<T>,
): Promise<T> {
  const session = await source.acquire();
  try {
    await session.query(begin);
    const scope = new TransactionScope(session, idleMs);
    try {
      const value = await Promise.race([body(scope), scope.idle]);
      await scope.end('COMMIT');
      return value;
    } catch (error) {
      await scope.end('ROLLBACK').catch(() => undefined); // the connection is gone or broken: the server rolls back; the caller wants the first error
      throw error;
    }
  } finally {
    session.release();
  }
}

/** What the body sees: statements until the end, none after it. */
class TransactionScope implements SqlTransaction {
  /** Rejects when the body is idle for too long; never resolves. */
  readonly idle: Promise<never>;
  readonly #session: Session;
  readonly #idleMs: number;
  readonly #running = new Set<Promise<unknown>>();
  #giveUp: (error: Error) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;
  /** Why the database gave up the whole transaction: a statement after that would be committed by itself. */
  #lost: unknown;
  #depth = 0;

  constructor(session: Session, idleMs: number) {
    this.#session = session;
    this.#idleMs = idleMs;
    this.idle = new Promise((_, reject) => {
      this.#giveUp = reject;
    });
    this.#watch();
  }

  query(sql: string, params: readonly SqlValue[] = []): Promise<SqlResult> {
    try {
      refuseSessionChange(sql);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#run(sql, params);
  }

  async savepoint<T>(body: () => Promise<T>): Promise<T> {
    const name = `firefly_${++this.#depth}`;
    try {
      await this.#run(`SAVEPOINT ${name}`);
      try {
        const value = await body();
        await this.#run(`RELEASE SAVEPOINT ${name}`);
        return value;
      } catch (error) {
        await Promise.allSettled(this.#running);
        await this.#run(`ROLLBACK TO SAVEPOINT ${name}`).catch(() => {
          this.#lost = error; // a deadlock, for example, takes the whole transaction and its savepoints with it
        });
        throw error;
      }
    } finally {
      this.#depth -= 1;
    }
  }

  #run(sql: string, params: readonly SqlValue[] = []): Promise<SqlResult> {
    if (this.#ended) return Promise.reject(new StoreDown('the transaction has ended; await every statement inside its body'));
    if (this.#lost) return Promise.reject(this.#lost);
    clearTimeout(this.#timer);
    const result = this.#session.query(sql, params);
    this.#running.add(result);
    const settled = () => {
      this.#running.delete(result);
      if (!this.#ended && this.#running.size === 0) this.#watch();
    };
    result.then(settled, settled);
    return result;
  }

  /** Lets statements that were not awaited finish, then ends the transaction. */
  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    const forgotten = await Promise.allSettled(this.#running);
    const failed = forgotten.find((result) => result.status === 'rejected');
    if (how === 'COMMIT' && (failed || this.#lost)) throw failed?.reason ?? this.#lost;
    await this.#session.query(how);
  }

  #watch(): void {
    this.#timer = setTimeout(() => {
      this.#giveUp(new StoreDown(`a transaction ran no statement for ${this.#idleMs} ms and was rolled back`));
    }, this.#idleMs);
  }
}
