/** Pets: every hero in four grades. A pet of one grade can grow into the next. */
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import { type Skill, STRIKE } from './skills';
import grades from './tables/grades.json';
import heroes from './tables/heroes.json';

/** What a level brings, in twentieths of a point. */
export interface Growth {
  readonly str: number;
  readonly vit: number;
  readonly dex: number;
  readonly wis: number;
}

export interface PetTemplate extends Named {
  readonly id: number;
  readonly icon: number;
  /** The grade, 1 to 4. */
  readonly quality: number;
  readonly growth: Growth;
  readonly skill: Skill;
  readonly ordinarySkill: Skill;
  /** Its price in the wine shop. */
  readonly coin: number;
  /** What it gives to a pet that swallows it. */
  readonly energy: number;
  /** What it needs to grow into `next`. */
  readonly maxEnergy: number;
  /** Template of the next grade; undefined for the last. */
  readonly next: number | undefined;
}

interface Grade {
  readonly quality: number;
  readonly coin: number;
  readonly energy: number;
  readonly maxEnergy: number;
}

/** The four templates of a hero have ids in a row, from the hero's own. */
export function readPets(texts: Texts, skills: Table<Skill>, from: unknown = heroes, by: unknown = grades): Table<PetTemplate> {
  const all = [...readGrades(by).values()];
  const pets = readTable('heroes', from, (row) => {
    const hero = {
      ...texts.of(row),
      icon: row.integer('icon'),
      skill: row.reference('skill', 'skills', skills),
      ordinarySkill: row.reference('ordinarySkill', 'skills', skills, STRIKE),
    };
    const growths = row.groups('growth', (growth) => ({
      str: growth.integer('0', { min: 1 }),
      vit: growth.integer('1', { min: 1 }),
      dex: growth.integer('2', { min: 1 }),
      wis: 1,
    }));
    if (growths.length !== all.length) row.fail('growth', `has ${growths.length} grades and there are ${all.length}`);
    return growths.map((growth, at) => ({ ...hero, ...templateOf(row.id, at, all), growth }));
  });
  return new Map([...pets.values()].flat().map((pet) => [pet.id, pet]));
}

function readGrades(rows: unknown): Table<Grade> {
  return readTable('grades', rows, (row) => ({
    quality: row.id,
    coin: row.integer('coin'),
    energy: row.integer('energy'),
    maxEnergy: row.integer('maxEnergy'),
  }));
}

function templateOf(hero: number, at: number, all: readonly Grade[]) {
  const grade = all[at] ?? { quality: at + 1, coin: 0, energy: 0, maxEnergy: 0 };
  return { ...grade, id: hero + at, next: at + 1 < all.length ? hero + at + 1 : undefined };
}
