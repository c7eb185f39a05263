/** The row of a character's equipment in a transaction, and the items that it names. */
import type { Transaction } from 'firefly-ts';
import { type Equipment, equipment, type Item, items } from '../../share/tables';
import { EMPTY_SLOTS, type Slots, wornItems } from './slots';

/** By the number of the slot. */
const COLUMNS = ['body', 'trousers', 'header', 'bracer', 'shoes', 'belt', 'necklace', 'waist', 'weapon', 'cloak'] as const;

export interface WornItem {
  readonly slot: number;
  readonly item: Item;
}

/** Who never entered the game wears nothing. */
export async function slotsOf(t: Transaction, characterId: number): Promise<Slots> {
  const row = await t.get(equipment, characterId);
  return row ? COLUMNS.map((column) => row[column]) : EMPTY_SLOTS;
}

export async function putSlots(t: Transaction, characterId: number, slots: Slots): Promise<void> {
  const columns = Object.fromEntries(COLUMNS.map((column, at) => [column, slots[at]])) as Partial<Equipment>;
  if (await t.get(equipment, characterId)) await t.update(equipment, characterId, columns);
  else await t.insert(equipment, { characterId, ...columns });
}

/** What a character wears, in the order of the slots. */
export async function wornBy(t: Transaction, characterId: number): Promise<WornItem[]> {
  const worn = wornItems(await slotsOf(t, characterId));
  const rows = await t.getMany(
    items,
    worn.map(({ itemId }) => itemId),
  );
  return worn.flatMap(({ slot }, at) => {
    const item = rows[at];
    // A row of an older server may name an item that is gone.
    return item?.characterId === characterId ? [{ slot, item }] : [];
  });
}
