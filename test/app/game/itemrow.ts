/** Rows of items, for tests. */
import type { Item } from '../../../app/share/tables';

export function itemRow(id: number, itemTemplateId: number, changes: Partial<Item> = {}): Item {
  return {
    id,
    accesstime: null,
    characterId: 1000001,
    itemTemplateId,
    isBound: 0,
    durability: -1,
    identification: 1,
    stack: 1,
    strengthen: 0,
    workout: 0,
    slot_1: 0,
    slot_2: 0,
    slot_3: 0,
    slot_4: 0,
    exp: 0,
    ...changes,
  };
}
