/** Compounding: four fragments and some coins make an item, or call a pet. Pure. */
import type { ItemTemplate } from '../../data/items';
import type { Table } from '../../data/read/table';
import { Refused } from '../../share/refused';
import { countOf, type Stack } from '../package/stacks';
import { MAX_PETS } from '../pets/pet';

/** Fragments that make one. */
export const FRAGMENTS = 4;

export interface Owner {
  readonly coin: number;
  /** How many pets it has. */
  readonly pets: number;
  /** What is not worn. */
  readonly items: readonly Stack[];
}

export interface Compounding {
  readonly fragment: ItemTemplate;
  /** An egg is opened at once: its pet comes instead of it. */
  readonly result: ItemTemplate;
  readonly price: number;
}

/** What a fragment makes. @throws Refused when it is none */
export function resultOf(tempid: number, items: Table<ItemTemplate>): Compounding {
  const fragment = items.get(tempid);
  if (!fragment) throw new Refused('fragmentMissing');
  const result = items.get(fragment.compound?.into ?? 0);
  if (!fragment.compound || !result) throw new Refused('notCompoundable');
  return { fragment, result, price: fragment.compound.price };
}

/** What compounding takes and makes, once all of it is certain to work: nothing is taken before. @throws Refused */
export function compound(tempid: number, owner: Owner, items: Table<ItemTemplate>): Compounding {
  const price = items.get(tempid)?.compound?.price ?? 0;
  if (items.has(tempid) && owner.coin < price) throw new Refused('notEnoughCoins');
  const compounding = resultOf(tempid, items);
  if (countOf(owner.items, tempid) < FRAGMENTS) throw new Refused('notEnoughMaterial');
  if (compounding.result.egg && owner.pets >= MAX_PETS) throw new Refused('petsFull');
  return compounding;
}

/** What a client shows before (command 2115). There is never a second kind of material. @throws Refused */
export function requirements(tempid: number, owner: Pick<Owner, 'items'>, items: Table<ItemTemplate>) {
  const { fragment, result, price } = resultOf(tempid, items);
  return {
    coinrequired: price,
    itemA: fragment.id,
    itemAcnt: countOf(owner.items, tempid),
    itemAGoal: FRAGMENTS,
    itemB: 0,
    itemBcnt: 0,
    itemBGoal: 0,
    itemBound: result.id,
  };
}

/** The fragments of a package. */
export function fragmentsIn<T extends Stack>(owned: readonly T[], items: Table<ItemTemplate>): T[] {
  return owned.filter(({ templateId }) => items.get(templateId)?.compound !== undefined);
}
