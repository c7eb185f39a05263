/** What our tables are made of, said once for MySQL and SQLite. */
import { type ColumnDefinitionBuilder, type CreateTableBuilder, isMysql, type Kysely, sql } from 'firefly-ts/sql';

/** A database whose tables a migration only makes. */
export type Database = Kysely<unknown>;

type Table = CreateTableBuilder<string, string>;
type Column = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;

/** Starts a table. The framework sees to it that text is compared byte by byte on either store. */
export function table(db: Database, name: string): Table {
  return db.schema.createTable(name).ifNotExists() as Table;
}

/** Adds integer columns, each with its default. */
export function integers(create: Table, columns: Readonly<Record<string, number>>): Table {
  let table = create;
  for (const [name, value] of Object.entries(columns))
    table = table.addColumn(name, 'integer', (column) => column.notNull().defaultTo(value));
  return table;
}

/** The automatic key. */
export const autoId: Column = (column) => column.primaryKey().autoIncrement().notNull();

export const required: Column = (column) => column.notNull();

export const emptyText: Column = (column) => column.notNull().defaultTo('');

export const madeNow: Column = (column) => column.notNull().defaultTo(sql`current_timestamp`);

/** Automatic ids of a table begin here. */
export async function firstId(db: Database, name: string, first: number): Promise<void> {
  if (isMysql(db)) await sql`alter table ${sql.table(name)} auto_increment = ${sql.lit(first)}`.execute(db);
  else await sql`insert into sqlite_sequence (name, seq) values (${name}, ${first - 1})`.execute(db);
}
