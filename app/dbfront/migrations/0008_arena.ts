/** Ranks of the arena as rows of their own (`app/game/arena/rows.ts` says why), and an index for either side of the log. */
import { type Database, integers, table } from '../columns';

export async function up(db: Database): Promise<void> {
  const ranks = table(db, 'tb_arena_ranking').addColumn('ranking', 'integer', (column) => column.primaryKey().notNull());
  await integers(ranks, { characterId: 0 }).execute();
  for (const side of ['tiaozhan', 'yingzhan'])
    await db.schema.createIndex(`tb_arena_log_${side}`).on('tb_arena_log').column(side).execute();
}
