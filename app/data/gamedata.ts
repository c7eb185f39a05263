/**
 * All static data, read and checked while this module loads: at a node's start, and again at each reload, which a mistake in a table fails.
 *
 * Rows know each other: a chapter has its monsters, a monster its skills. What outlives a reload keeps ids and looks rows up again.
 */
import { type Buff, readBuffs } from './buffs';
import { type Chapter, readChapters } from './chapters';
import { type ItemTemplate, readItems } from './items';
import { type Monster, readMonsters } from './monsters';
import { type PetTemplate, readPets } from './pets';
import { type Profession, readProfessions } from './professions';
import type { Table } from './read/table';
import { Texts } from './read/texts';
import { type EquipmentSet, readSets } from './sets';
import { readSkills, type Skill } from './skills';
import en from './texts/en.json';
import zh from './texts/zh.json';
import { readTraining, type TrainingSpreads } from './training';

export interface GameData {
  readonly buffs: Table<Buff>;
  readonly skills: Table<Skill>;
  readonly professions: Table<Profession>;
  readonly monsters: Table<Monster>;
  readonly pets: Table<PetTemplate>;
  /** By the pet's quality. */
  readonly training: Table<TrainingSpreads>;
  readonly sets: Table<EquipmentSet>;
  readonly items: Table<ItemTemplate>;
  readonly chapters: Table<Chapter>;
}

/** The data with names in each language. */
export const GAME_DATA: Readonly<Record<'en' | 'zh', GameData>> = {
  en: readGameData(new Texts('en', en)),
  zh: readGameData(new Texts('zh', zh)),
};

/** @throws BadData naming table, id and field */
export function readGameData(texts: Texts): GameData {
  const buffs = readBuffs(texts);
  const skills = readSkills(texts, buffs);
  const professions = readProfessions(texts, skills);
  const monsters = readMonsters(texts, skills);
  const pets = readPets(texts, skills);
  const training = readTraining();
  const sets = readSets(texts);
  const items = readItems(texts, { skills, sets, pets });
  const chapters = readChapters(texts, { monsters, items });
  texts.finish();
  return { buffs, skills, professions, monsters, pets, training, sets, items, chapters };
}
