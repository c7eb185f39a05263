/** Who fights in the tests, made from the game's own data. */
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
