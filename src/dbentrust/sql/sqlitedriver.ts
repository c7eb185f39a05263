/**
 * One SQLite connection with the framework's values: the built-in `node:sqlite` where Node has it, else the package of the same API.
 *
 * Synchronous, in the thread that opened it. Integers come back as number when safe, else bigint; DECIMAL and JSON as text, whatever SQLite made of them.
 */
import { LRUMap } from './lrumap';
import type { Row, SqlResult, SqlValue } from './store';

interface Statement {
  all(...params: unknown[]): Record<string, unknown>[];
  run(...params: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  columns(): { name: string; type: string | null }[];
  setReadBigInts(on: boolean): void;
}

interface Database {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

interface SqliteModule {
  readonly DatabaseSync: DatabaseConstructor;
  readonly StatementSync?: { readonly prototype: object };
}

interface DatabaseConstructor {
  new (path: string): Database;
  readonly prototype: object;
}

interface Prepared {
  readonly statement: Statement;
  /** How to read each column that is not read as it comes; undefined for a statement that returns no rows. */
  readonly readers: readonly (readonly [string, (value: SqlValue) => SqlValue])[] | undefined;
  readonly inserts: boolean;
  readonly changesSchema: boolean;
}

const PREPARED = 256;

export class SqliteConnection {
  readonly #database: Database;
  readonly #prepared = new LRUMap<string, Prepared>(PREPARED);

  /** @param busyMs how long a statement waits for another process's write, blocking this thread */
  constructor(path: string, busyMs: number) {
    const Database = loadDriver();
    this.#database = new Database(path);
    try {
      // Full: a committed transaction survives a power cut, as on MySQL.
      this.#database.exec(
        `PRAGMA busy_timeout = ${busyMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON`,
      );
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Runs one statement whose parameters were checked. */
  run(sql: string, params: readonly SqlValue[]): SqlResult {
    const prepared = this.#prepared.get(sql) ?? this.#prepare(sql);
    const bound = params.map(toBindable);
    if (!prepared.readers) {
      const { changes, lastInsertRowid } = prepared.statement.run(...bound);
      // A prepared SELECT still knows the types of the columns as they were.
      if (prepared.changesSchema) this.#prepared.clear();
      return { rows: [], affectedRows: Number(changes), insertId: prepared.inserts ? integer(BigInt(lastInsertRowid)) : 0 };
    }
    const rows = prepared.statement.all(...bound) as Row[];
    return { rows: rows.map((row) => readRow(row, prepared.readers ?? [])), affectedRows: 0, insertId: 0 };
  }

  /** Leaves one file that has everything: prepared statements that are not collected yet keep SQLite from emptying its log by itself. */
  close(): void {
    this.#prepared.clear();
    if (!this.inTransaction) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    this.#database.close();
  }

  #prepare(sql: string): Prepared {
    const statement = this.#database.prepare(sql);
    statement.setReadBigInts(true);
    const columns = statement.columns();
    const readers = columns.flatMap(({ name, type }) => {
      const reader = type === null ? undefined : readerOf(type);
      return reader ? [[name, reader] as const] : [];
    });
    const prepared: Prepared = {
      statement,
      readers: columns.length > 0 ? readers : undefined,
      inserts: /^\s*(insert|replace)\b/i.test(sql),
      changesSchema: /^\s*(create|alter|drop)\b/i.test(sql),
    };
    this.#prepared.set(sql, prepared);
    return prepared;
  }
}

/** An integer is bound as one: bound as a double it would become '5.0' in a text column. */
function toBindable(value: SqlValue): SqlValue {
  return typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
}

function readRow(raw: Row, readers: readonly (readonly [string, (value: SqlValue) => SqlValue])[]): Row {
  const row: Row = {};
  for (const name in raw) {
    const value = raw[name] as SqlValue | Uint8Array;
    if (typeof value === 'bigint') row[name] = integer(value);
    else if (value instanceof Uint8Array) row[name] = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    else row[name] = value;
  }
  for (const [name, read] of readers) row[name] = read(row[name] ?? null);
  return row;
}

function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** SQLite stores what looks like a number as one in columns of these types; MySQL answers with text. */
function readerOf(type: string): ((value: SqlValue) => SqlValue) | undefined {
  const decimal = /^(?:decimal|dec|numeric|fixed)\s*(?:\(\s*\d+\s*(?:,\s*(\d+)\s*)?\))?/i.exec(type);
  if (decimal) {
    const scale = Number(decimal[1] ?? 0);
    return (value) => (typeof value === 'number' ? value.toFixed(scale) : typeof value === 'bigint' ? String(value) : value);
  }
  if (/^json/i.test(type)) return (value) => (typeof value === 'number' || typeof value === 'bigint' ? String(value) : value);
  return undefined;
}

/** The built-in module is there before it can do all that is needed: describing columns came later than the rest. */
function loadDriver(): DatabaseConstructor {
  const builtIn = process.getBuiltinModule('node:sqlite' as 'node:fs') as unknown as SqliteModule | undefined;
  const complete =
    builtIn?.StatementSync && 'columns' in builtIn.StatementSync.prototype && 'isTransaction' in builtIn.DatabaseSync.prototype;
  return (complete ? builtIn : (require('@photostructure/sqlite') as SqliteModule)).DatabaseSync;
}
