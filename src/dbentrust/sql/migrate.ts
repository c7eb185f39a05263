/**
 * Migrations through kysely on either store: its query builder and its Migrator, our connections.
 *
 * A migration written once runs on both. What differs is bridged here: automatic ids, exact types on SQLite, and on MySQL the engine and character set of a new table.
 */
import {
  type ColumnDefinitionNode,
  type CompiledQuery,
  type CreateTableNode,
  type DatabaseConnection,
  type DataTypeNode,
  type Dialect,
  type Driver,
  Kysely,
  type Migration,
  Migrator,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { StartFailed } from '../../errors';
import { messageOf } from '../../thrown';
import type { Session, SessionSource } from './session';
import type { SqlValue } from './store';

/** An ALTER of a large table takes its time; so does waiting for another node's migration. */
const MIGRATION_MS = 600_000;

/** SQLite keeps a DECIMAL of up to so many digits exactly as a number, which also sorts right; a longer one is kept as text. */
const EXACT_DIGITS = 15;

/**
 * Applies what was not applied yet, ordered by name.
 *
 * @returns the names applied now
 * @throws StartFailed naming the migration
 */
export async function migrate(
  dialect: 'mysql' | 'sqlite',
  source: SessionSource,
  migrations: Readonly<Record<string, Migration>>,
): Promise<string[]> {
  const database = new Kysely<unknown>({ dialect: new StoreDialect(dialect, source) });
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find((result) => result.status === 'Error')?.migrationName;
  if (error !== undefined) {
    const reason = messageOf(error);
    const left = dialect === 'mysql' ? 'MySQL keeps the tables it already changed: undo that part by hand' : 'nothing was changed';
    throw new StartFailed(
      failed === undefined
        ? `the migrations cannot be applied: ${reason}`
        : `migration ${failed} failed: ${reason} (${left}, correct the migration, start again)`,
      { cause: error },
    );
  }
  return results.map((result) => result.migrationName);
}

class StoreDialect implements Dialect {
  readonly #dialect: 'mysql' | 'sqlite';
  readonly #source: SessionSource;

  constructor(dialect: 'mysql' | 'sqlite', source: SessionSource) {
    this.#dialect = dialect;
    this.#source = source;
  }

  createDriver(): Driver {
    return new StoreDriver(this.#source, this.#dialect === 'mysql' ? 'START TRANSACTION' : 'BEGIN IMMEDIATE');
  }

  createQueryCompiler(): MysqlQueryCompiler | SqliteQueryCompiler {
    return this.#dialect === 'mysql' ? new MysqlCompiler() : new SqliteCompiler();
  }

  createAdapter(): MysqlAdapter | SqliteAdapter {
    return this.#dialect === 'mysql' ? new MysqlAdapter() : new TransactionalSqliteAdapter();
  }

  createIntrospector(database: Kysely<unknown>): MysqlIntrospector | SqliteIntrospector {
    return this.#dialect === 'mysql' ? new MysqlIntrospector(database) : new SqliteIntrospector(database);
  }
}

/** SQLite does roll DDL back, so a failed migration leaves nothing behind, and the transaction is the lock against another process. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class StoreDriver implements Driver {
  readonly #source: SessionSource;
  readonly #begin: string;

  constructor(source: SessionSource, begin: string) {
    this.#source = source;
    this.#begin = begin;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<SessionConnection> {
    return new SessionConnection(await this.#source.acquire(MIGRATION_MS));
  }

  async beginTransaction(connection: SessionConnection): Promise<void> {
    await connection.session.query(this.#begin);
  }

  async commitTransaction(connection: SessionConnection): Promise<void> {
    await connection.session.query('COMMIT');
  }

  async rollbackTransaction(connection: SessionConnection): Promise<void> {
    await connection.session.query('ROLLBACK');
  }

  async releaseConnection(connection: SessionConnection): Promise<void> {
    connection.session.release();
  }

  async destroy(): Promise<void> {}
}

class SessionConnection implements DatabaseConnection {
  constructor(readonly session: Session) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, affectedRows, insertId } = await this.session.query(query.sql, query.parameters as readonly SqlValue[]);
    return { rows: rows as R[], numAffectedRows: BigInt(affectedRows), insertId: BigInt(insertId) };
  }

  // biome-ignore lint/correctness/useYield: a migration that asks for it is told before the first row
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new TypeError('a migration cannot stream: read in pages with limit');
  }
}

/** A new table is InnoDB, utf8mb4 and compares bytes, as on SQLite, whatever the server's or the database's default is. */
class MysqlCompiler extends MysqlQueryCompiler {
  protected override visitCreateTable(node: CreateTableNode): void {
    super.visitCreateTable(node);
    if (!node.endModifiers?.length && !node.selectQuery) this.append(' engine=InnoDB default charset=utf8mb4 collate=utf8mb4_bin');
  }
}

class SqliteCompiler extends SqliteQueryCompiler {
  /** Only a column of exactly `integer` counts itself up; it has 64 bits there. */
  protected override visitColumnDefinition(node: ColumnDefinitionNode): void {
    super.visitColumnDefinition(node.autoIncrement ? asRowId(node) : node);
  }

  /** The `_text` types keep SQLite from turning digits into a rounded number. */
  protected override visitDataType(node: DataTypeNode): void {
    const [, precision] = /^(?:decimal|numeric)\((\d+)/.exec(node.dataType) ?? [];
    if (node.dataType === 'json') this.append('json_text');
    else if (precision !== undefined && Number(precision) > EXACT_DIGITS) this.append(node.dataType.replace(/^\w+/, 'decimal_text'));
    else super.visitDataType(node);
  }
}

function asRowId({ unsigned: _, ...node }: ColumnDefinitionNode): ColumnDefinitionNode {
  return { ...node, dataType: { kind: 'DataTypeNode', dataType: 'integer' } as DataTypeNode };
}
