/** What lies in a package, and how items are added and taken: as changes of rows, nothing is done here. Pure. */
import type { ItemTemplate } from '../../data/items';
import { Refused } from '../../share/refused';
import { type Slots, wornItems } from '../equipment/slots';

export interface Stack {
  readonly id: number;
  readonly templateId: number;
  readonly stack: number;
}

/** Rows to write, all of them or none. */
export interface PackageChange {
  /** Stacks that are there and change their count. */
  readonly changed: readonly Pick<Stack, 'id' | 'stack'>[];
  readonly added: readonly Omit<Stack, 'id'>[];
  /** Ids of stacks that are used up. */
  readonly gone: readonly number[];
}

/** A package without what its owner wears. */
export function unworn<T extends { readonly id: number }>(items: readonly T[], slots: Slots): T[] {
  const worn = new Set(wornItems(slots).map(({ itemId }) => itemId));
  return items.filter(({ id }) => !worn.has(id));
}

export function countOf(items: readonly Stack[], templateId: number): number {
  return items.reduce((sum, item) => (item.templateId === templateId ? sum + item.stack : sum), 0);
}

/**
 * Adds items: stacks that are there are filled first, then new ones are begun. None is larger than its template allows.
 *
 * @param items what is not worn
 * @param places stacks that the package holds; without limit when left out
 * @throws Refused when they do not fit
 */
export function addItems(
  items: readonly Stack[],
  { id: templateId, maxStack }: ItemTemplate,
  count: number,
  places = Infinity,
): PackageChange {
  let left = checked(count);
  const changed: Pick<Stack, 'id' | 'stack'>[] = [];
  for (const item of items) {
    const fits = item.templateId === templateId ? Math.min(maxStack - item.stack, left) : 0;
    if (fits <= 0) continue;
    changed.push({ id: item.id, stack: item.stack + fits });
    left -= fits;
  }
  const added: Omit<Stack, 'id'>[] = [];
  for (; left > 0; left -= maxStack) added.push({ templateId, stack: Math.min(left, maxStack) });
  if (added.length > 0 && items.length + added.length > places) throw new Refused('packageFull');
  return { changed, added, gone: [] };
}

/**
 * Takes items away, from the first stacks first.
 *
 * @param items what is not worn
 * @throws Refused when there are not so many
 */
export function takeItems(items: readonly Stack[], templateId: number, count: number): PackageChange {
  let left = checked(count);
  if (countOf(items, templateId) < left) throw new Refused('notEnoughMaterial');
  const changed: Pick<Stack, 'id' | 'stack'>[] = [];
  const gone: number[] = [];
  for (const item of items) {
    if (left === 0) break;
    if (item.templateId !== templateId) continue;
    const taken = Math.min(item.stack, left);
    left -= taken;
    if (taken === item.stack) gone.push(item.id);
    else changed.push({ id: item.id, stack: item.stack - taken });
  }
  return { changed, added: [], gone };
}

/** What is there after a change. */
export function afterChange(items: readonly Stack[], { changed, added, gone }: PackageChange): Omit<Stack, 'id'>[] {
  const stacks = new Map(changed.map(({ id, stack }) => [id, stack]));
  const left = items.filter(({ id }) => !gone.includes(id));
  return [...left.map(({ id, templateId, stack }) => ({ templateId, stack: stacks.get(id) ?? stack })), ...added];
}

function checked(count: number): number {
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new RangeError(`${count} items; there must be at least one`);
}
