/** What both stores do alike, once a dialect lends connections: single statements, transactions, migrations. */
import type { Migration } from 'kysely';
import { runTransaction, type Session, type SessionSource } from './session';
import { refuseSessionChange } from './statement';
import type { SqlResult, SqlStore, SqlTransaction, SqlValue, StoreOptions, TableInfo } from './store';

export abstract class SessionStore implements SqlStore, SessionSource {
  abstract readonly dialect: SqlStore['dialect'];
  abstract readonly waiting: number;
  protected readonly options: StoreOptions;
  readonly #begin: string;
  #closing: Promise<void> | undefined;

  /** @param begin the dialect's words for the start of a transaction */
  protected constructor(options: StoreOptions, begin: string) {
    this.options = options;
    this.#begin = begin;
  }

  abstract acquire(sqlMs?: number): Promise<Session>;
  abstract describe(table: string): Promise<TableInfo | undefined>;
  /** Waits for what is in progress and closes. Called once. */
  protected abstract shutDown(): Promise<void>;

  async query(sql: string, params: readonly SqlValue[] = []): Promise<SqlResult> {
    refuseSessionChange(sql);
    const session = await this.acquire();
    try {
      return await session.query(sql, params);
    } finally {
      session.release();
    }
  }

  transaction<T>(body: (tx: SqlTransaction) => Promise<T>): Promise<T> {
    return runTransaction(this, this.#begin, this.options.sqlMs, body);
  }

  async peek(sql: string, params: readonly SqlValue[] = []): Promise<SqlResult> {
    const session = await this.acquire();
    try {
      // Holds for the next statement alone.
      if (this.dialect === 'mysql') await session.query('SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED');
      return await session.query(sql, params);
    } finally {
      session.release();
    }
  }

  async migrate(migrations: Readonly<Record<string, Migration>>): Promise<string[]> {
    const { migrate } = require('./migrate') as typeof import('./migrate');
    return migrate(this.dialect, this, migrations);
  }

  async ping(): Promise<void> {
    await this.query('SELECT 1');
  }

  close(): Promise<void> {
    this.#closing ??= this.shutDown();
    return this.#closing;
  }
}
