/** Item templates: equipment, fragments that are put together, eggs that are opened. */
import type { EquipmentBonus } from './bonus';
import type { PetTemplate } from './pets';
import type { Row } from './read/row';
import { readTable, type Table } from './read/table';
import type { Named, Texts } from './read/texts';
import { type EquipmentSet, readBonus } from './sets';
import type { Skill } from './skills';
import rows from './tables/items.json';

/** An egg gives the rare pet when a draw from 0 to 100,000 is below `chance`. */
export interface Egg {
  readonly rare: PetTemplate;
  readonly usual: PetTemplate;
  readonly chance: number;
}

/** What fragments make, and for how many coins. */
export interface Compound {
  readonly into: number;
  readonly price: number;
}

/** Equipment that is fed other equipment grows. */
export interface ItemGrowth {
  /** What it gives as food. */
  readonly gives: number;
  /** What it needs to become `into`. */
  readonly needs: number;
  /** Undefined for what has grown to the end. */
  readonly into: number | undefined;
}

export interface ItemTemplate extends Named {
  readonly id: number;
  readonly icon: number;
  readonly quality: number;
  /** The equipment slot it is worn in; undefined for what is not worn. */
  readonly slot: number | undefined;
  readonly levelRequired: number;
  readonly maxStack: number;
  readonly price: number;
  readonly bonus: Partial<EquipmentBonus>;
  readonly set: EquipmentSet | undefined;
  readonly skill: Skill | undefined;
  readonly compound: Compound | undefined;
  readonly egg: Egg | undefined;
  readonly growth: ItemGrowth | undefined;
}

/** Slots that can be worn. */
export const LAST_SLOT = 6;

const USUAL_PRICE = 3430;

export interface ItemReferences {
  readonly skills: Table<Skill>;
  readonly sets: Table<EquipmentSet>;
  readonly pets: Table<PetTemplate>;
}

export function readItems(texts: Texts, to: ItemReferences, from: unknown = rows): Table<ItemTemplate> {
  const items = readTable('items', from, (row) => ({
    row,
    item: {
      id: row.id,
      ...texts.of(row),
      icon: row.integer('icon'),
      quality: row.integer('quality', { max: 4, or: 0 }),
      slot: row.optional('slot', (field) => row.integer(field, { min: 1, max: LAST_SLOT })),
      levelRequired: row.integer('levelRequired', { min: 1, or: 1 }),
      maxStack: row.integer('maxStack', { min: 1, or: 1 }),
      price: row.integer('price', { or: USUAL_PRICE }),
      bonus: row.optional('bonus', (field) => row.group(field, readBonus)) ?? {},
      set: row.optional('set', (field) => row.reference(field, 'sets', to.sets)),
      skill: row.optional('skill', (field) => row.reference(field, 'skills', to.skills)),
      compound: row.optional('compound', (field) => row.group(field, readCompound)),
      egg: row.optional('egg', (field) => row.group(field, (egg) => readEgg(egg, to.pets))),
      growth: row.optional('growth', (field) => row.group(field, readGrowth)),
    },
  }));
  for (const { row, item } of items.values()) checkTurns(row, item, items);
  return new Map([...items].map(([id, { item }]) => [id, item]));
}

function readCompound(row: Row): Compound {
  return { into: row.integer('into'), price: row.integer('price') };
}

function readEgg(row: Row, pets: Table<PetTemplate>): Egg {
  return {
    rare: row.reference('rare', 'heroes', pets),
    usual: row.reference('usual', 'heroes', pets),
    chance: row.integer('chance', { max: 100_001 }),
  };
}

function readGrowth(row: Row): ItemGrowth {
  const gives = row.integer('gives');
  return row.has('into')
    ? { gives, needs: row.integer('needs', { min: 1 }), into: row.integer('into') }
    : { gives, needs: 0, into: undefined };
}

/** What an item turns into can stand further down in the table. @throws BadData */
function checkTurns(row: Row, { compound, growth, slot }: ItemTemplate, items: Table<{ item: ItemTemplate }>): void {
  const turned = (field: string, into: number) => items.get(into)?.item ?? row.fail(field, `is ${into} and there is no such row in items`);
  if (compound) turned('compound.into', compound.into);
  if (growth?.into === undefined) return;
  if (turned('growth.into', growth.into).slot !== slot) row.fail('growth.into', `is ${growth.into}, which is worn in another slot`);
  const seen = new Set<number>();
  for (let next: number | undefined = growth.into; next !== undefined && !seen.has(next); next = items.get(next)?.item.growth?.into) {
    if (next === row.id) row.fail('growth.into', 'leads back to the item itself');
    seen.add(next);
  }
}
