/** Equipment slots: what a character wears. Pure. */
import type { ItemTemplate } from '../../data/items';
import { Refused } from '../../share/refused';

/** Item ids by slot, -1: empty. Index 0 and those above `LAST_SLOT` stay empty. */
export type Slots = readonly number[];

export const EMPTY_SLOT = -1;

const SLOTS = 10;

export const EMPTY_SLOTS: Slots = Array.from({ length: SLOTS }, () => EMPTY_SLOT);

/**
 * Puts an item on; what was in its slot is back in the package by that.
 *
 * @throws Refused when it is nothing to wear, or its wearer has not the level for it
 */
export function equip(slots: Slots, itemId: number, { slot, levelRequired }: ItemTemplate, level: number): Slots {
  if (slot === undefined) throw new Refused('notEquipment');
  if (level < levelRequired) throw new Refused('levelTooLow');
  return slots.with(slot, itemId);
}

/** @throws Refused when the item is not worn */
export function takeOff(slots: Slots, itemId: number): Slots {
  const slot = slots.indexOf(itemId);
  if (slot < 0 || itemId === EMPTY_SLOT) throw new Refused('notWorn');
  return slots.with(slot, EMPTY_SLOT);
}

/** What is worn, by slot. */
export function wornItems(slots: Slots): { readonly slot: number; readonly itemId: number }[] {
  return slots.flatMap((itemId, slot) => (itemId === EMPTY_SLOT ? [] : [{ slot, itemId }]));
}
