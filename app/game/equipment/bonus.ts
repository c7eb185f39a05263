/** What worn equipment gives: attributes, set effects and skills. Pure. */
import { type EquipmentBonus, sumOf } from '../../data/bonus';
import type { ItemTemplate } from '../../data/items';
import type { EquipmentSet } from '../../data/sets';
import type { Skill } from '../../data/skills';

/** Sum over all worn items and over the effects of their sets. */
export function equipmentBonus(worn: readonly ItemTemplate[]): EquipmentBonus {
  return sumOf([...worn.map(({ bonus }) => bonus), ...setBonuses(worn)]);
}

/** An effect counts when at least its number of pieces is worn; the same piece twice counts twice. */
function setBonuses(worn: readonly ItemTemplate[]): Partial<EquipmentBonus>[] {
  const pieces = new Map<EquipmentSet, number>();
  for (const { set } of worn) if (set) pieces.set(set, (pieces.get(set) ?? 0) + 1);
  return [...pieces].flatMap(([set, count]) => set.effects.filter((effect) => effect.pieces <= count).map(({ bonus }) => bonus));
}

/** In the order of the slots, each once. */
export function equippedSkills(worn: readonly ItemTemplate[]): Skill[] {
  return [...new Set(worn.flatMap(({ skill }) => (skill ? [skill] : [])))];
}
