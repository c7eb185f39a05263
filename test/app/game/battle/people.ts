/** Who fights in the tests, made from the game's own data. */
import { STRIKE } from '../../../../app/data/skills';
import type { Fighter } from '../../../../app/game/battle/fighter';
import { characterFighter, monsterFighters, petFighter } from '../../../../app/game/battle/fighters';
import { DATA, row } from '../data';

export function hero(profession: number, level: number, position = 5, scrolls: readonly number[] = []): Fighter {
  const worn = scrolls.map((id) => row(DATA.items, id));
  return characterFighter({ id: 1000001, name: 'alpha', level, profession: row(DATA.professions, profession), worn }, position);
}

export function pet(templateId: number, level: number, position: number): Fighter {
  const template = row(DATA.pets, templateId);
  return petFighter({ id: 3_000_000 + position, name: '', level, template, growth: template.growth }, position);
}

export function foes(chapter: number): Fighter[] {
  return monsterFighters(row(DATA.chapters, chapter).foes);
}

/** Somebody without anything special, at a place. */
export function plain(position: number, changes: Partial<Fighter> = {}): Fighter {
  const fighter = { id: position, name: `unit ${position}`, level: 10, icon: 1, quality: 1, position };
  const values = { maxHp: 1000, phyAtt: 100, phyDef: 40, migDef: 10, speed: 50, hitRate: 100, dodge: 0, critRate: 5, power: 0 };
  return { ...fighter, ...values, skills: [], ordinarySkill: row(DATA.skills, STRIKE), ...changes };
}
