/**
 * The embedded store: one SQLite file in the cluster's data folder, one connection, in a thread of its own, so that no statement holds the node up.
 *
 * Statements wait for the end of an open transaction. Values, errors and descriptions are those of MySQL.
 */
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DbConfig } from '../../config/config';
import { makeOwnFile, makeOwnFolder } from '../../config/ownfiles';
import { FireflyError, SqlRefused, StoreDown } from '../../errors';
import { AnswerWatch } from './answerwatch';
import { Gate } from './gate';
import type { Session } from './session';
import { SessionStore } from './sessionstore';
import { describeSqlite } from './sqlitedescribe';
import { SqliteThread } from './sqlitethread';
import { Statements } from './statement';
import type { SqlResult, SqlValue, StoreOptions, TableInfo } from './store';

const WAITING = 10_000;
/** How long a statement that met the write of another process waits before it is tried again. */
const BUSY_PAUSE_MS = 20;
/** How long another process may write before somebody is told why nothing goes on. */
const BUSY_TOLD_MS = 1_000;

export class SqliteStore extends SessionStore {
  readonly dialect = 'sqlite';
  readonly #path: string;
  readonly #thread: SqliteThread;
  readonly #gate: Gate;
  readonly #statements = new Statements('sqlite');
  readonly #answers: AnswerWatch;
  #closed = false;

  private constructor(path: string, thread: SqliteThread, options: StoreOptions) {
    // Immediate: a transaction that reads first and writes later cannot fail for another process's write in between.
    super(options, 'BEGIN IMMEDIATE');
    this.#path = path;
    this.#thread = thread;
    this.#gate = new Gate(`SQLite ${path}`, 1, WAITING);
    this.#answers = new AnswerWatch(`SQLite ${path}`, options.log, options.quietMs);
  }

  /** Opens the file, making it and its folder. @throws StoreDown */
  static async open(config: DbConfig, options: StoreOptions): Promise<SqliteStore> {
    if (!/^[\w.-]{1,64}$/.test(config.database) || config.database.startsWith('.')) {
      throw new StoreDown(
        `SQLite: db.db ${JSON.stringify(config.database)} becomes a file's name; use letters, digits, '_', '-' and '.' only`,
      );
    }
    const path = join(options.dataDir, `${config.database}.sqlite`);
    try {
      makeOwnFolder(options.dataDir);
      // Its companions (-wal, -shm) take mode and owner from it.
      makeOwnFile(path);
      const thread = new SqliteThread(path);
      await thread.open();
      return new SqliteStore(path, thread, options);
    } catch (error) {
      const { message, errcode, code } = error as Error & { errcode?: number; code?: string };
      const fix = code === 'ENOSPC' || code === 'EDQUOT' ? noRoom(path) : (fixOf(errcode, path) ?? 'its folder must be writable');
      throw new StoreDown(`SQLite ${path}: ${message}; ${fix}`, { cause: error });
    }
  }

  get waiting(): number {
    return this.#gate.waiting;
  }

  describe(table: string): Promise<TableInfo | undefined> {
    return describeSqlite(this, table);
  }

  async acquire(sqlMs = this.options.sqlMs): Promise<Session> {
    await this.#gate.enter(sqlMs);
    return {
      query: (sql, params = []) => this.#runWhenFree(sql, params, sqlMs),
      release: () => void this.#release(sqlMs),
    };
  }

  /** Waits for an open transaction, at most `sqlMs`. */
  protected async shutDown(): Promise<void> {
    const idle = await this.#gate.close(this.options.sqlMs);
    if (!idle) this.options.log.warn({ path: this.#path }, 'closing the database under an open transaction, which is rolled back');
    this.#closed = true;
    await this.#thread.close(this.options.sqlMs);
  }

  /** A connection that cannot be reset is in the hands of a statement that goes on; who comes next waits behind it. */
  async #release(ms: number): Promise<void> {
    await this.#thread
      .reset(ms)
      .catch((error: unknown) => this.options.log.warn({ path: this.#path, error }, 'a transaction was left open'));
    this.#gate.leave();
  }

  /** Only outside of a transaction can another connection be in the way: inside one this connection has the right to write. */
  async #runWhenFree(sql: string, params: readonly SqlValue[], ms: number): Promise<SqlResult> {
    const began = Date.now();
    const deadline = began + ms;
    for (let isTold = false; ; ) {
      try {
        return await this.#run(sql, params, ms);
      } catch (error) {
        const inTheWay = error instanceof SqlRefused && error.kind === 'conflict' && !this.#thread.inTransaction;
        if (!inTheWay || Date.now() >= deadline) throw error;
        if (!isTold && Date.now() - began >= BUSY_TOLD_MS) {
          isTold = true;
          this.options.log.warn({ path: this.#path }, 'another process is writing to the database file; all else waits until it ends');
        }
        await delay(BUSY_PAUSE_MS);
      }
    }
  }

  async #run(sql: string, params: readonly SqlValue[], ms: number): Promise<SqlResult> {
    if (this.#closed) throw new StoreDown(`SQLite ${this.#path} is closed`);
    const values = this.#statements.check(sql, params);
    try {
      return await this.#answers.watch(this.#thread.run(sql, values, ms));
    } catch (error) {
      throw sqliteError(error, this.#path);
    }
  }
}

/** SQLite's result codes that mean the file and not the statement; values of `code & 255`. */
const UNUSABLE: Readonly<Record<number, string>> = {
  8: 'the file must be writable',
  10: 'the disk reports errors',
  11: 'the file is damaged: restore a backup',
  14: 'the file or its folder is gone or not writable',
  26: 'move that file away, or restore a backup',
};

const FULL = 13;

function fixOf(errcode: number | undefined, path: string): string | undefined {
  const code = (errcode ?? 0) & 255;
  return code === FULL ? noRoom(path) : UNUSABLE[code];
}

function noRoom(path: string): string {
  return `make room on the disk (or in the quota) of ${dirname(path)}: old logs, profiles and backups may go, journal/ and ${basename(path)}-wal may not`;
}

function sqliteError(error: unknown, path: string): Error {
  if (error instanceof FireflyError || error instanceof TypeError) return error;
  const { message, errcode } = error as Error & { errcode?: number };
  const code = errcode ?? 0;
  const fix = fixOf(errcode, path);
  if (fix !== undefined || errcode === undefined)
    return new StoreDown(`SQLite ${path}: ${message}${fix === undefined ? '' : `; ${fix}`}`, { cause: error });
  return new SqlRefused(kindOf(code), message, { cause: error });
}

function kindOf(code: number): SqlRefused['kind'] {
  if (code === 1555 || code === 2067 || code === 2579) return 'unique';
  if (code === 1299) return 'value';
  switch (code & 255) {
    case 5:
    case 6:
      return 'conflict';
    case 18:
    case 20:
      return 'value';
    case 19:
      return 'constraint';
    default:
      return 'other';
  }
}
