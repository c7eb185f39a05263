/** Item rows as the rules see them. */
import type { ItemTemplate } from '../../data/items';
import { Refused } from '../../share/refused';
import type { Item } from '../../share/tables';
import { gameData } from '../data';
import type { Stack } from './stacks';

/** @throws Refused when the data has no such template any more */
export function templateOf({ itemTemplateId }: Pick<Item, 'itemTemplateId'>): ItemTemplate {
  const template = gameData().items.get(itemTemplateId);
  if (!template) throw new Refused('itemMissing');
  return template;
}

export function stackOf({ id, itemTemplateId, stack }: Item): Stack {
  return { id, templateId: itemTemplateId, stack };
}
