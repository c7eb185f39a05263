/** A character with what it wears, ready to be shown or to fight. */
import type { Transaction } from 'firefly-ts';
import type { FightingCharacter } from '../battle/fighters';
import { gameData } from '../data';
import { equipmentBonus } from '../equipment/bonus';
import { wornBy } from '../equipment/rows';
import { type Attributes, attributesOf } from './attributes';
import { characterOf } from './rows';

/** @throws Refused when there is no such character; TypeError naming the row when its profession does not exist */
export async function heroOf(t: Transaction, characterId: number): Promise<FightingCharacter> {
  // Both rows are asked for in one turn: one request to memcached.
  const [row, worn] = await Promise.all([characterOf(t, characterId), wornBy(t, characterId)]);
  const data = gameData();
  const profession = data.professions.get(row.profession);
  if (!profession) throw new TypeError(`tb_character ${row.id}: there is no profession ${row.profession}`);
  return {
    id: row.id,
    name: row.nickname,
    level: row.level,
    profession,
    worn: worn.flatMap(({ item }) => data.items.get(item.itemTemplateId) ?? []),
  };
}

export function attributesOfHero({ profession, level, worn }: FightingCharacter): Attributes {
  return attributesOf(profession, level, equipmentBonus(worn));
}
