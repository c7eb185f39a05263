/** Monsters: what stands in a player's way. */
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import { type Skill, STRIKE } from './skills';
import rows from './tables/monsters.json';

export interface Monster extends Named {
  readonly id: number;
  readonly level: number;
  /** 1 to 4; a client shows it. */
  readonly quality: number;
  readonly icon: number;
  readonly hp: number;
  readonly attack: number;
  readonly defence: number;
  readonly dodge: number;
  readonly speed: number;
  readonly hitRate: number;
  readonly critRate: number;
  readonly skills: readonly Skill[];
  readonly ordinarySkill: Skill;
}

export function readMonsters(texts: Texts, skills: Table<Skill>, from: unknown = rows): Table<Monster> {
  return readTable('monsters', from, (row) => ({
    id: row.id,
    ...texts.of(row),
    level: row.integer('level', { min: 1 }),
    quality: row.integer('quality', { min: 1, max: 4 }),
    icon: row.integer('icon'),
    hp: row.integer('hp', { min: 1 }),
    attack: row.integer('attack'),
    defence: row.integer('defence'),
    dodge: row.integer('dodge'),
    speed: row.integer('speed'),
    hitRate: row.integer('hitRate', { or: 100 }),
    critRate: row.integer('critRate', { or: 5 }),
    skills: row.has('skill') ? [row.reference('skill', 'skills', skills)] : [],
    ordinarySkill: row.reference('ordinarySkill', 'skills', skills, STRIKE),
  }));
}
