/** Characters and what belongs to one: items, pets, campaign stages, equipment and formation. */
import { autoId, type Database, emptyText, firstId, integers, required, table } from '../columns';

/** Ids tell what stands in a formation: below this a character, from here on a pet. */
const FIRST_PET = 3_000_001;
const FIRST_CHARACTER = 1_000_001;

export async function up(db: Database): Promise<void> {
  await characters(db);
  await belongings(db);
  await oneForEachCharacter(db);
}

async function characters(db: Database): Promise<void> {
  let create = table(db, 'tb_character')
    .addColumn('id', 'integer', autoId)
    .addColumn('nickname', 'varchar(255)', required)
    .addColumn('createtime', 'datetime')
    .addColumn('LastonlineTime', 'datetime');
  create = integers(create, { viptype: 0, profession: 1, figure: 0, sex: 1, level: 1, exp: 0, coin: 10_000, gold: 0, vipexp: 0 });
  // `energytime`: Unix seconds up to which the points of `energy` are counted.
  create = integers(create, { energy: 30, energytime: 0, hp: 500, town: 1000, packageSize: 24, guanqia: 1000 });
  await create.addUniqueConstraint('tb_character_nickname', ['nickname']).execute();
  await firstId(db, 'tb_character', FIRST_CHARACTER);
}

async function belongings(db: Database): Promise<void> {
  const items = table(db, 'tb_item').addColumn('id', 'integer', autoId).addColumn('accesstime', 'datetime');
  await integers(items, {
    characterId: 0,
    itemTemplateId: 0,
    isBound: 0,
    durability: -1,
    identification: 1,
    stack: 1,
    strengthen: 0,
    workout: 0,
    slot_1: 0,
    slot_2: 0,
    slot_3: 0,
    slot_4: 0,
    exp: 0,
  }).execute();
  await db.schema.createIndex('tb_item_owner').on('tb_item').column('characterId').execute();

  const pets = table(db, 'tb_pet').addColumn('id', 'integer', autoId).addColumn('name', 'varchar(255)', emptyText);
  const growths = { StrGrowth: 0, WisGrowth: 0, VitGrowth: 0, DexGrowth: 0 };
  await integers(pets, {
    ownerID: 0,
    templateID: 0,
    level: 1,
    exp: 0,
    hp: 100,
    ...growths,
    showed: 0,
    chuancheng: 0,
    _chuancheng: 0,
    energy: 0,
  }).execute();
  await db.schema.createIndex('tb_pet_owner').on('tb_pet').column('ownerID').execute();
  await firstId(db, 'tb_pet', FIRST_PET);

  const stages = table(db, 'tb_zhanyi_record').addColumn('id', 'integer', autoId);
  await integers(stages, { characterId: 0, zhanyi: 0, zhangjie: 0, star: 0 })
    .addUniqueConstraint('tb_zhanyi_record_chapter', ['characterId', 'zhangjie'])
    .execute();
}

/** A character has one of each, so its id is the key. -1 is an empty slot or place. */
async function oneForEachCharacter(db: Database): Promise<void> {
  const matrix = table(db, 'tb_character_matrix').addColumn('characterId', 'integer', (column) => column.primaryKey().notNull());
  const places = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`eyes_${i + 1}`, -1]));
  await integers(matrix, { matrixId: 0, ...places }).execute();

  const equipment = table(db, 'tb_equipment').addColumn('characterId', 'integer', (column) => column.primaryKey().notNull());
  const slots = ['body', 'trousers', 'header', 'bracer', 'shoes', 'belt', 'necklace', 'waist', 'weapon', 'cloak'];
  await integers(equipment, Object.fromEntries(slots.map((slot) => [slot, -1]))).execute();
}
