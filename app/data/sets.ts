/** Equipment sets: what a character gains who wears several pieces of one. */
import { BONUS_FIELDS, type EquipmentBonus } from './bonus';
import type { Row } from './read/row';
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import rows from './tables/sets.json';

export interface EquipmentSet extends Named {
  readonly id: number;
  /** Each counts from so many pieces on, beside those for fewer. */
  readonly effects: readonly { readonly pieces: number; readonly bonus: Partial<EquipmentBonus> }[];
}

export function readSets(texts: Texts, from: unknown = rows): Table<EquipmentSet> {
  return readTable('sets', from, (row) => ({
    id: row.id,
    ...texts.of(row),
    effects: row.groups('pieces', (effect) => ({ pieces: effect.integer('0', { min: 1 }), bonus: effect.group('1', readBonus) })),
  }));
}

/** The fields of a bonus that a row names. */
export function readBonus(row: Row): Partial<EquipmentBonus> {
  const named = BONUS_FIELDS.filter((field) => row.has(field));
  return Object.fromEntries(
    named.map((field) => [field, field.endsWith('Percent') ? row.number(field) : row.integer(field)]),
  ) as Partial<EquipmentBonus>;
}
