/** What operators change is noted down; days are counted minute by minute; and what is counted can be found by its time. */
import { autoId, type Database, emptyText, integers, required, table } from '../columns';

export async function up(db: Database): Promise<void> {
  const records = table(db, 'tb_admin_record')
    .addColumn('id', 'integer', autoId)
    .addColumn('madeat', 'datetime', required)
    .addColumn('address', 'varchar(255)', emptyText)
    .addColumn('username', 'varchar(255)', emptyText)
    .addColumn('operation', 'varchar(255)', emptyText)
    .addColumn('details', 'varchar(255)', emptyText);
  await integers(records, { characterId: 0 }).execute();

  for (const column of ['minutes', 'lastminute']) {
    await db.schema
      .alterTable('tb_statistics')
      .addColumn(column, 'integer', (added) => added.notNull().defaultTo(0))
      .execute();
  }

  await db.schema.createIndex('tb_character_made').on('tb_character').column('createtime').execute();
  await db.schema.createIndex('tb_register_online').on('tb_register').column('lastonline').execute();
}
