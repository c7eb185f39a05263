/** Whoever asks for an operation can name it, so that it is made once however often it is asked for. Most have no name. */
import type { Database } from '../columns';

export async function up(db: Database): Promise<void> {
  await db.schema
    .alterTable('tb_admin_record')
    .addColumn('operationid', 'varchar(64)', (column) => column.defaultTo(null))
    .execute();
  await db.schema.createIndex('tb_admin_record_operation').unique().on('tb_admin_record').column('operationid').execute();
}
