/** The items of a character in a transaction. What is worn is no part of the package. */
import type { Transaction } from 'firefly-ts';
import type { ItemTemplate } from '../../data/items';
import { Refused } from '../../share/refused';
import { type Item, items } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { addToList, listChanges, listOf, takeFromList } from '../character/lists';
import { characterOf } from '../character/rows';
import { slotsOf } from '../equipment/rows';
import type { Counted } from '../ledger/differences';
import { noteList } from '../ledger/rows';
import { stackOf } from './items';
import { addItems, afterChange, type PackageChange, type Stack, takeItems, unworn } from './stacks';

export async function packageOf(t: Transaction, characterId: number): Promise<Item[]> {
  const all = await listOf(t, items, characterId);
  return unworn(all, await slotsOf(t, characterId));
}

/** An item of this character, worn or not. @throws Refused when it has none of that id */
export async function itemOf(t: Transaction, characterId: number, itemId: number): Promise<Item> {
  const item = await t.get(items, itemId);
  if (item?.characterId !== characterId) throw new Refused('itemMissing');
  return item;
}

/**
 * @param reason for the ledger
 * @throws Refused when the package has no room for all of them; then nothing of them is given, and the transaction may go on
 */
export async function giveItems(t: Transaction, characterId: number, template: ItemTemplate, count: number, reason: string): Promise<void> {
  const { packageSize } = await characterOf(t, characterId);
  const { all, there } = await belongingsOf(t, characterId);
  await apply(t, characterId, all, addItems(there, template, count, packageSize), reason);
}

/** @param reason for the ledger @throws Refused when there are not so many */
export async function takeItemsOf(t: Transaction, characterId: number, templateId: number, count: number, reason: string): Promise<void> {
  const { all, there } = await belongingsOf(t, characterId);
  await apply(t, characterId, all, takeItems(there, templateId, count), reason);
}

/** Takes one of a stack. @param reason for the ledger */
export async function takeOne(t: Transaction, { id, characterId, stack }: Item, reason: string): Promise<void> {
  const all = await stacksOf(t, characterId);
  const change = stack > 1 ? { changed: [{ id, stack: stack - 1 }], added: [], gone: [] } : { changed: [], added: [], gone: [id] };
  await apply(t, characterId, all, change, reason);
}

/** An item grows, perhaps into one of another template. @param reason for the ledger */
export async function putGrown(t: Transaction, { id, characterId }: Item, templateId: number, exp: number, reason: string): Promise<void> {
  const all = await stacksOf(t, characterId);
  await t.update(items, id, { itemTemplateId: templateId, exp });
  const after = all.map((stack) => (stack.id === id ? { ...stack, templateId } : stack));
  await noteList(t, characterId, reason, 'item', all.map(counted), after.map(counted));
}

/** Everything, worn or not. */
export async function stacksOf(t: Transaction, characterId: number): Promise<Stack[]> {
  return (await listOf(t, items, characterId)).map(stackOf);
}

/** With what of it is not worn. */
async function belongingsOf(
  t: Transaction,
  characterId: number,
): Promise<{ readonly all: readonly Stack[]; readonly there: readonly Stack[] }> {
  const all = await stacksOf(t, characterId);
  return { all, there: unworn(all, await slotsOf(t, characterId)) };
}

/** @param all everything that the character has */
async function apply(t: Transaction, characterId: number, all: readonly Stack[], change: PackageChange, reason: string): Promise<void> {
  const { changed, added, gone } = change;
  if (changed.length > 0) await listChanges(t, characterId);
  for (const { id, stack } of changed) await t.update(items, id, { stack });
  const accesstime = sqlTime(Date.now());
  for (const { templateId: itemTemplateId, stack } of added) {
    await addToList(t, items, characterId, { characterId, itemTemplateId, stack, exp: 0, strengthen: 0, accesstime });
  }
  for (const id of gone) await takeFromList(t, items, characterId, id);
  await noteList(t, characterId, reason, 'item', all.map(counted), afterChange(all, change).map(counted));
}

function counted({ templateId: template, stack: count }: Omit<Stack, 'id'>): Counted {
  return { template, count };
}
