/**
 * The tables of an older server, which have our names and another shape: other keys, NULL where we have figures, an engine without transactions.
 *
 * They are set aside before the first of ours is made, under names of their own, and stay as they are: `takeOver` copies what is in them.
 */
import type { Database } from '../columns';

/** Tables that the game makes, and an older server may have. */
export const SHARED_TABLES = [
  'tb_register',
  'tb_character',
  'tb_item',
  'tb_pet',
  'tb_zhanyi_record',
  'tb_character_matrix',
  'tb_equipment',
  'tb_arena',
  'tb_arena_log',
  'tb_mail',
  'tb_friend',
  'tb_guyong_record',
  'tb_recharge',
  'tb_bill',
  'tb_statistics',
  'tb_profession',
  'tb_experience',
] as const;

export function olderName(table: string): string {
  return `older_${table}`;
}

/** Tables of the database with their columns. */
export async function tablesOf(db: Database): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const tables = await db.introspection.getTables();
  return new Map(tables.map(({ name, columns }) => [name, new Set(columns.map((column) => column.name))]));
}

/** For a database that has none of our tables yet. May be done again when it did not come to its end. */
export async function setAside(db: Database): Promise<void> {
  const there = await tablesOf(db);
  for (const table of SHARED_TABLES) {
    if (there.has(table) && !there.has(olderName(table))) await db.schema.alterTable(table).renameTo(olderName(table)).execute();
  }
}
