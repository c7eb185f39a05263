/** Professions and experience as tables, for queries that join on them. The game itself reads `app/data`, from which these rows come. */
import type { Kysely } from 'firefly-ts/sql';
import { EXPERIENCE_TO_LEAVE } from '../../data/experience';
import { GAME_DATA } from '../../data/gamedata';
import { type Database, emptyText, integers, table } from '../columns';

const FACTORS = [
  'perLevelStr',
  'perLevelDex',
  'perLevelVit',
  'perLevelWis',
  'perHPVit',
  'perPhyAttStr',
  'perPhyDefStr',
  'perPhyDefVit',
  'perMigAttWis',
  'perMigDefWis',
  'perMigDefVit',
  'perSpeedDex',
] as const;

interface Tables {
  tb_profession: { preId: number; preName: string; ordSkill: number } & Record<(typeof FACTORS)[number], number>;
  tb_experience: { level: number; ExpRequired: number; ExpSecProduce: number };
}

export async function up(db: Database): Promise<void> {
  let professions = table(db, 'tb_profession')
    .addColumn('preId', 'integer', (column) => column.primaryKey().notNull())
    .addColumn('preName', 'varchar(255)', emptyText);
  for (const factor of FACTORS) professions = professions.addColumn(factor, 'double precision', (column) => column.notNull().defaultTo(0));
  await integers(professions, { ordSkill: 0 }).execute();

  const experience = table(db, 'tb_experience').addColumn('level', 'integer', (column) => column.primaryKey().notNull());
  await integers(experience, { ExpRequired: 0, ExpSecProduce: 0 }).execute();

  await seed(db as Kysely<Tables>);
}

async function seed(db: Kysely<Tables>): Promise<void> {
  await db
    .insertInto('tb_profession')
    .values(
      [...GAME_DATA.en.professions.values()].map((p) => ({
        preId: p.id,
        preName: p.name,
        perLevelStr: p.perLevel.str,
        perLevelDex: p.perLevel.dex,
        perLevelVit: p.perLevel.vit,
        perLevelWis: p.perLevel.wis,
        perHPVit: p.hpPerVit,
        perPhyAttStr: p.phyAttPerStr,
        perPhyDefStr: p.phyDefPerStr,
        perPhyDefVit: p.phyDefPerVit,
        perMigAttWis: p.migAttPerWis,
        perMigDefWis: p.migDefPerWis,
        perMigDefVit: p.migDefPerVit,
        perSpeedDex: p.speedPerDex,
        ordSkill: p.ordinarySkill.id,
      })),
    )
    .execute();
  const levels = EXPERIENCE_TO_LEAVE.map((required, level) => ({ level, ExpRequired: required, ExpSecProduce: level }));
  await db.insertInto('tb_experience').values(levels.slice(1)).execute();
}
