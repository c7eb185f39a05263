/** Whose role it is: an operator finds the account of a role by the role's name. */
import type { Database } from '../columns';

export async function up(db: Database): Promise<void> {
  await db.schema.createIndex('tb_register_role').on('tb_register').column('characterId').execute();
}
