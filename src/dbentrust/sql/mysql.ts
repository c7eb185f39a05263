/**
 * The store on MySQL and MariaDB: a small mysql2 pool with exact values and a deadline on everything.
 *
 * Loaded only in a node that opens such a store. A connection is set up once (strict mode, UTC), and thrown away rather than reused after anything went wrong on the wire.
 */
import type { Socket } from 'node:net';
import {
  createConnection,
  createPool,
  type FieldPacket,
  type Pool,
  type PoolConnection,
  type PoolOptions,
  type ResultSetHeader,
  type TypeCast,
} from 'mysql2/promise';
import type { DbConfig } from '../../config/config';
import { StoreDown } from '../../errors';
import { AnswerWatch } from './answerwatch';
import { Gate } from './gate';
import { quoteName } from './identifier';
import { describeMysql } from './mysqldescribe';
import { breaksConnection, describeTarget, isUnknownDatabase, mysqlError, STATEMENT_TIMEOUT } from './mysqlerrors';
import type { Session } from './session';
import { SessionStore } from './sessionstore';
import { Statements } from './statement';
import type { Row, SqlResult, SqlValue, StoreOptions, TableInfo } from './store';

const CONNECTIONS = 4;
const WAITING = 10_000;
const CONNECT_MS = 10_000;
/** How long `close` waits for the server's farewell. */
const CLOSE_MS = 1_000;
/** MYSQL_TYPE_LONGLONG: the driver hands a value that is not safe as a number over as text. */
const LONGLONG = 8;

/**
 * Every connection starts with this. Strict: a value that does not fit is refused instead of cut. Naming the whole mode also switches NO_BACKSLASH_ESCAPES off, under which the driver's
 * escaping would not hold. Grouping is lax as in MySQL 5.5, for which Firefly's queries were written.
 */
const SET_UP = "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', SESSION time_zone = '+00:00'";

export class MysqlStore extends SessionStore {
  readonly dialect = 'mysql';
  readonly #config: DbConfig;
  readonly #pool: Pool;
  readonly #gate: Gate;
  readonly #statements = new Statements('mysql');
  readonly #answers: AnswerWatch;
  /** Connections that are set up and open. */
  readonly #live = new Set<OpenConnection>();

  private constructor(config: DbConfig, options: StoreOptions) {
    super(options, 'START TRANSACTION');
    this.#config = config;
    this.#pool = createPool({
      ...connectOptions(config, options),
      database: config.database,
      connectionLimit: CONNECTIONS,
      waitForConnections: false,
    });
    this.#gate = new Gate(describeTarget(config), CONNECTIONS, WAITING);
    this.#answers = new AnswerWatch(describeTarget(config), options.log, options.quietMs);
  }

  /** Connects, creating the database when it does not exist. @throws StoreDown */
  static async open(config: DbConfig, options: StoreOptions): Promise<MysqlStore> {
    if (!/^utf8(mb3|mb4)?$/i.test(config.charset)) {
      options.log.warn(
        { charset: config.charset },
        'db.charset is not used: the connection is utf8mb4, and the server converts to what each table has',
      );
    }
    const store = new MysqlStore(config, options);
    try {
      await store.ping();
    } catch (error) {
      await store.close();
      if (!isUnknownDatabase((error as Error).cause)) throw error;
      await createDatabase(config, options);
      return MysqlStore.open(config, options);
    }
    return store;
  }

  get waiting(): number {
    return this.#gate.waiting;
  }

  describe(table: string): Promise<TableInfo | undefined> {
    return describeMysql(this, table);
  }

  async acquire(sqlMs = this.options.sqlMs): Promise<Session> {
    await this.#gate.enter(sqlMs);
    try {
      const connection = await this.#answers.watch(this.#connect(sqlMs));
      const leave = () => this.#gate.leave();
      return new MysqlSession(connection, { config: this.#config, statements: this.#statements, answers: this.#answers, sqlMs, leave });
    } catch (error) {
      this.#gate.leave();
      throw error;
    }
  }

  async #connect(sqlMs: number): Promise<PoolConnection> {
    let connection: PoolConnection | undefined;
    try {
      connection = await this.#pool.getConnection();
      if (!this.#live.has(underlying(connection))) await this.#setUp(connection, sqlMs);
      return connection;
    } catch (error) {
      connection?.destroy();
      throw mysqlError(error, this.#config, false);
    }
  }

  async #setUp(connection: PoolConnection, sqlMs: number): Promise<void> {
    await inTime(connection.query(SET_UP), sqlMs);
    const opened = underlying(connection);
    this.#live.add(opened);
    opened.stream.once('close', () => this.#live.delete(opened));
  }

  /** Waits for statements in progress, each of which has its deadline, and takes leave of the server. */
  protected async shutDown(): Promise<void> {
    await this.#gate.close(this.options.sqlMs);
    const farewell = inTime(this.#pool.end(), CLOSE_MS);
    await farewell.catch((error: unknown) =>
      this.options.log.warn({ error }, 'the database did not answer when its connections were closed'),
    );
    for (const connection of this.#live) connection.destroy();
  }
}

/** The driver's own connection, the same each time the pool lends it; its types leave out the socket. */
interface OpenConnection {
  readonly stream: Socket;
  destroy(): void;
}

function underlying(connection: PoolConnection): OpenConnection {
  return connection.connection as unknown as OpenConnection;
}

interface MysqlSessionOptions {
  readonly config: DbConfig;
  readonly statements: Statements;
  readonly answers: AnswerWatch;
  readonly sqlMs: number;
  /** Gives the place of the connection back. */
  readonly leave: () => void;
}

class MysqlSession implements Session {
  readonly #connection: PoolConnection;
  readonly #options: MysqlSessionOptions;
  #broken = false;

  constructor(connection: PoolConnection, options: MysqlSessionOptions) {
    this.#connection = connection;
    this.#options = options;
  }

  async query(sql: string, params: readonly SqlValue[] = []): Promise<SqlResult> {
    const { config, statements, answers } = this.#options;
    if (this.#broken) throw new StoreDown(`${describeTarget(config)}: the connection broke; what was not committed is rolled back`);
    return answers.watch(this.#run(sql, statements.check(sql, params)));
  }

  async #run(sql: string, values: SqlValue[]): Promise<SqlResult> {
    const { config, sqlMs } = this.#options;
    try {
      return toResult(await inTime(this.#connection.query<never>({ sql, values }), sqlMs));
    } catch (error) {
      this.#broken ||= breaksConnection(error);
      throw mysqlError(error, config, true);
    }
  }

  release(): void {
    // After a timeout the answer may still arrive: a connection in doubt is never handed to the next.
    if (this.#broken) this.#connection.destroy();
    else this.#connection.release();
    this.#options.leave();
  }
}

function connectOptions(config: DbConfig, options: StoreOptions): PoolOptions {
  return {
    host: config.host,
    port: config.port,
    user: config.user,
    password: config.password,
    charset: 'UTF8MB4_GENERAL_CI',
    connectTimeout: Math.min(CONNECT_MS, options.sqlMs),
    supportBigNumbers: true,
    bigNumberStrings: false,
    dateStrings: true,
    jsonStrings: true,
    typeCast: exactFloat,
    flags: ['-LOCAL_FILES'],
  };
}

/** The driver adds up the digits of a float by itself, and of one in forty with 16 or 17 digits the last bit is wrong then. */
const exactFloat: TypeCast = (field, next) => {
  if (field.type !== 'DOUBLE' && field.type !== 'FLOAT') return next();
  const text = field.string();
  return text === null ? null : Number(text);
};

/** @throws StoreDown with the statement an administrator has to run, when this user may not */
async function createDatabase(config: DbConfig, options: StoreOptions): Promise<void> {
  let connection: Awaited<ReturnType<typeof createConnection>> | undefined;
  try {
    connection = await createConnection(connectOptions(config, options));
    // Binary comparison: a table made here decides about equal names as SQLite does.
    await inTime(
      connection.query(`CREATE DATABASE IF NOT EXISTS ${quoteName(config.database)} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`),
      options.sqlMs,
    );
    options.log.info({ database: config.database }, 'created the database');
  } catch (error) {
    throw mysqlError(error, config, false);
  } finally {
    connection?.destroy();
  }
}

/** The driver's own timeout leaves its timer behind when the connection dies first, which keeps a process from ending. */
async function inTime<T>(answer: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error(`no answer within ${ms} ms`), { code: STATEMENT_TIMEOUT })), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function toResult([result, fields]: [unknown, FieldPacket[] | FieldPacket[][] | undefined]): SqlResult {
  if (!Array.isArray(result)) {
    const header = result as ResultSetHeader;
    return { rows: [], affectedRows: header.affectedRows, insertId: exactInteger(header.insertId) };
  }
  const procedure = Array.isArray(fields?.[0]);
  const rows = (procedure ? result[0] : result) as Row[];
  const columns = (procedure ? fields?.[0] : fields) as FieldPacket[] | undefined;
  for (const column of columns ?? []) {
    if (column.columnType !== LONGLONG) continue;
    for (const row of rows) {
      const value = row[column.name];
      if (typeof value === 'string') row[column.name] = BigInt(value);
    }
  }
  return { rows, affectedRows: 0, insertId: 0 };
}

function exactInteger(value: unknown): number | bigint {
  return typeof value === 'string' ? BigInt(value) : (value as number);
}
