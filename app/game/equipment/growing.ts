/** Feeding equipment to equipment (command 212): what is eaten makes the other grow. Pure. */
import type { ItemTemplate } from '../../data/items';
import type { Table } from '../../data/read/table';
import { Refused } from '../../share/refused';

export interface GrowingItem {
  readonly id: number;
  readonly templateId: number;
  /** What it has eaten towards its next template. */
  readonly exp: number;
}

/**
 * What the eater is afterwards; the food is gone then. What is more than a step needs counts for the next.
 *
 * @throws Refused when it would eat itself, when one of the two does not grow, or when the eater has grown to the end
 */
export function feedItem(eater: GrowingItem, food: GrowingItem, items: Table<ItemTemplate>): GrowingItem {
  const growth = items.get(food.templateId)?.growth;
  if (eater.id === food.id || !growth) throw new Refused('notFood');
  let template = items.get(eater.templateId);
  if (template?.growth?.into === undefined) throw new Refused('fullyGrown');
  let exp = eater.exp + growth.gives + food.exp;
  while (template?.growth?.into !== undefined && exp >= template.growth.needs) {
    exp -= template.growth.needs;
    template = items.get(template.growth.into);
  }
  return { id: eater.id, templateId: template?.id ?? eater.templateId, exp };
}
