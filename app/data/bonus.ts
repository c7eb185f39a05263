/** What equipment and sets add to a character. The percentages are fractions. */
export const BONUS_FIELDS = [
  'str',
  'dex',
  'vit',
  'wis',
  'maxHp',
  'maxHpPercent',
  'phyAtt',
  'phyAttPercent',
  'phyDef',
  'phyDefPercent',
  'migAtt',
  'migAttPercent',
  'migDef',
  'migDefPercent',
  'speed',
  'hitRate',
  'dodge',
  'critRate',
  'block',
] as const;

export type EquipmentBonus = Readonly<Record<(typeof BONUS_FIELDS)[number], number>>;

export const NO_EQUIPMENT: EquipmentBonus = sumOf([]);

/** What is missing counts as 0. */
export function sumOf(bonuses: readonly Partial<EquipmentBonus>[]): EquipmentBonus {
  const sums = BONUS_FIELDS.map((field) => [field, bonuses.reduce((sum, bonus) => sum + (bonus[field] ?? 0), 0)] as const);
  return Object.fromEntries(sums) as EquipmentBonus;
}
