/**
 * One database as the framework sees it: the same values, errors and table descriptions on MySQL/MariaDB and on SQLite.
 *
 * Only contracts live here; open.ts loads the driver of the configured engine, so a node without one pays nothing.
 */
import type { Migration } from 'kysely';
import type { Logger } from '../../log/log';

export type { Migration } from 'kysely';

/**
 * What goes into a statement and comes out of a row.
 *
 * Integers: number when safe, else bigint. DECIMAL: string. DATETIME and TIMESTAMP: `YYYY-MM-DD HH:MM:SS`, DATE: `YYYY-MM-DD`, in UTC. JSON: its text. BLOB: Buffer.
 * As parameters `true` and `false` become 1 and 0; a Date, an object, NaN and undefined are refused.
 */
export type SqlValue = string | number | bigint | Buffer | null;

export type Row = Record<string, SqlValue>;

export interface SqlResult {
  /** Empty for a statement that returns none. */
  readonly rows: Row[];
  /** Rows inserted, deleted or matched by an update; 0 for a statement that returns rows. */
  readonly affectedRows: number;
  /** The automatic id of a single-row insert, else 0. */
  readonly insertId: number | bigint;
}

export interface SqlExecutor {
  /**
   * Runs one statement; each `?` outside of quotes and comments stands for one parameter.
   *
   * @throws SqlRefused when the database says no, StoreDown when it cannot be reached or does not answer in time, QueueFull when too many statements wait
   */
  query(sql: string, params?: readonly SqlValue[]): Promise<SqlResult>;
}

export type ColumnType = 'int' | 'float' | 'decimal' | 'text' | 'blob' | 'datetime' | 'date' | 'time' | 'json' | 'other';

export interface ColumnInfo {
  readonly name: string;
  readonly type: ColumnType;
  /** As the database calls it, for example `varchar(32)`. */
  readonly sqlType: string;
  readonly nullable: boolean;
  /** False: an insert must name the column. A nullable column without a default has the default null. */
  readonly hasDefault: boolean;
  /** Null also when the database computes it: see `defaultExpression`. */
  readonly default: SqlValue;
  /** SQL text of a computed default such as `current_timestamp()`. */
  readonly defaultExpression?: string;
  readonly autoIncrement: boolean;
  /** Computed from other columns: a statement must not give it a value. */
  readonly generated?: boolean;
  /** Longest text in characters (CHAR, VARCHAR) or longest binary in bytes (BINARY, VARBINARY). */
  readonly maxLength?: number;
  /** Largest value in bytes of UTF-8 (TEXT) or bytes (BLOB). */
  readonly maxBytes?: number;
  /** Range of an integer column. */
  readonly min?: bigint;
  readonly max?: bigint;
  /** Digits of a DECIMAL, in all and behind the point. */
  readonly precision?: number;
  readonly scale?: number;
  /** What decides whether two texts are equal; left out where every byte counts. */
  readonly collation?: string;
  /** Texts an ENUM column takes. */
  readonly values?: readonly string[];
}

export interface TableInfo {
  readonly table: string;
  /** In the table's order. */
  readonly columns: Map<string, ColumnInfo>;
  readonly primaryKey: string[];
  /** Without the primary key. */
  readonly uniqueKeys: { name: string; columns: string[] }[];
  /** Tables whose rows foreign keys of this one point to. */
  readonly references: readonly string[];
  /** Whether foreign keys point to this one; left out where none does. */
  readonly referenced?: boolean;
  /** Name of a storage engine that has no transactions; left out where everything has them. */
  readonly looseEngine?: string;
}

/** The statements of one transaction. */
export interface SqlTransaction extends SqlExecutor {
  /**
   * Runs `body`; when it throws, what it did is undone, and the transaction may go on.
   *
   * @throws what the body threw
   */
  savepoint<T>(body: () => Promise<T>): Promise<T>;
}

export interface SqlStore extends SqlExecutor {
  readonly dialect: 'mysql' | 'sqlite';
  /** Statements and transactions that wait for a connection. */
  readonly waiting: number;
  /**
   * Runs `body` in one transaction on one connection: committed when it returns, rolled back when it throws or stays idle for `sqlMs`.
   *
   * On SQLite everything else waits until it ends, so a body uses `tx` only, never the store.
   */
  transaction<T>(body: (tx: SqlTransaction) => Promise<T>): Promise<T>;
  /** Reads also what others have written and not committed yet. On SQLite, where nobody can, it is `query`. */
  peek(sql: string, params?: readonly SqlValue[]): Promise<SqlResult>;
  /** What the database says about a table; undefined when there is none of that name. */
  describe(table: string): Promise<TableInfo | undefined>;
  /**
   * Applies what was not applied yet, ordered by name; several callers may do so at once.
   *
   * @returns the names applied now
   * @throws StartFailed naming the migration that failed
   */
  migrate(migrations: Readonly<Record<string, Migration>>): Promise<string[]>;
  /** Rejects with StoreDown unless the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Folder of the SQLite file `<database>.sqlite`. */
  readonly dataDir: string;
  /** Deadline of one statement, and of the wait for a connection. */
  readonly sqlMs: number;
  /** How long it may answer nothing until the log says so; 5 s when left out. */
  readonly quietMs?: number;
  readonly log: Logger;
}
