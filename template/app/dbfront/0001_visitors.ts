/** Who was here, and how often. A migration runs once on each database: change a table with a new one, never with this one. */
import type { Kysely } from 'firefly-ts/sql';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('visitor')
    .addColumn('name', 'varchar(20)', (column) => column.primaryKey().notNull())
    .addColumn('visits', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}
