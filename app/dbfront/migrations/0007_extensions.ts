/** The wine shop and pet training, which older servers do not have; and what rankings are read by. */
import { type Database, integers, table } from '../columns';

export async function up(db: Database): Promise<void> {
  const shops = table(db, 'tb_wine_shop').addColumn('characterId', 'integer', (column) => column.primaryKey().notNull());
  await integers(shops, { offer_1: 0, offer_2: 0, offer_3: 0, since: 0 }).execute();

  const trained = table(db, 'tb_pet_trained').addColumn('petId', 'integer', (column) => column.primaryKey().notNull());
  await integers(trained, { templateID: 0, StrGrowth: 0, WisGrowth: 0, VitGrowth: 0, DexGrowth: 0 }).execute();

  await db.schema.createIndex('tb_character_stage').on('tb_character').column('guanqia').execute();
  await db.schema.createIndex('tb_character_level').on('tb_character').column('level').execute();
}
