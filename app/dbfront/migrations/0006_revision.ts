/** Characters count the changes of what belongs to them (`app/game/character/rows.ts` says why). */
import type { Database } from '../columns';

export async function up(db: Database): Promise<void> {
  await db.schema
    .alterTable('tb_character')
    .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
}
