/** The ledger of what players own. */
import { sql } from 'firefly-ts/sql';
import { autoId, type Database, integers, required, table } from '../columns';

export async function up(db: Database): Promise<void> {
  const lines = table(db, 'tb_ledger')
    .addColumn('id', 'integer', autoId)
    .addColumn('at', 'datetime', required)
    .addColumn('what', 'varchar(8)', required)
    .addColumn('reason', 'varchar(32)', required);
  await integers(lines, { characterId: 0, entry: 0, line: 0, template: 0, amount: 0, after: 0 }).execute();
  await db.schema.createIndex('tb_ledger_owner').on('tb_ledger').column('characterId').execute();

  await db.schema
    .alterTable('tb_character')
    .addColumn('entries', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  // What a character of before owns came with an entry that was never written: its ledger begins with the second.
  await sql`update tb_character set entries = 1`.execute(db);
}
