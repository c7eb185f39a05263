/** Professions: what a level is worth to a fighter. A player may choose 1 to 6; 7 and 8 are for units of the game. */
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import type { Skill } from './skills';
import rows from './tables/professions.json';

export interface Profession extends Named {
  readonly id: number;
  /** Primary attributes gained with each level. */
  readonly perLevel: { readonly str: number; readonly dex: number; readonly vit: number; readonly wis: number };
  readonly hpPerVit: number;
  readonly phyAttPerStr: number;
  readonly phyDefPerStr: number;
  readonly phyDefPerVit: number;
  readonly migAttPerWis: number;
  readonly migDefPerWis: number;
  readonly migDefPerVit: number;
  readonly speedPerDex: number;
  /** What an ordinary attack does. */
  readonly ordinarySkill: Skill;
}

export function readProfessions(texts: Texts, skills: Table<Skill>, from: unknown = rows): Table<Profession> {
  return readTable('professions', from, (row) => ({
    id: row.id,
    ...texts.of(row),
    perLevel: row.group('perLevel', (gain) => ({
      str: gain.number('str'),
      dex: gain.number('dex'),
      vit: gain.number('vit'),
      wis: gain.number('wis'),
    })),
    hpPerVit: row.number('hpPerVit'),
    phyAttPerStr: row.number('phyAttPerStr'),
    phyDefPerStr: row.number('phyDefPerStr'),
    phyDefPerVit: row.number('phyDefPerVit'),
    migAttPerWis: row.number('migAttPerWis'),
    migDefPerWis: row.number('migDefPerWis'),
    migDefPerVit: row.number('migDefPerVit'),
    speedPerDex: row.number('speedPerDex'),
    ordinarySkill: row.reference('ordinarySkill', 'skills', skills),
  }));
}
