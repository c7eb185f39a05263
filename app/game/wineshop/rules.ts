/** The wine shop: three pets look for an owner, and others come after a while. Pure. */
import type { PetTemplate } from '../../data/pets';
import type { Table } from '../../data/read/table';
import { Refused } from '../../share/refused';
import { MAX_PETS } from '../pets/pet';
import type { Random } from '../random';

export const OFFERS = 3;
/** Seconds until others come by themselves. */
export const SHOP_REFRESH_S = 1800;
/** Gold that brings others at once. */
export const SHOP_REFRESH_GOLD = 10;

/** A place whose pet is bought. */
export const SOLD = 0;

export interface Shop {
  /** Pet templates, or `SOLD`. */
  readonly offers: readonly number[];
  /** Unix seconds at which they came. */
  readonly since: number;
}

/** A pet has the first quality whose bound a draw from 1 to 100,000 passes. */
const ODDS = [
  { above: 99_900, quality: 4 },
  { above: 85_000, quality: 3 },
  { above: 50_000, quality: 2 },
  { above: 0, quality: 1 },
] as const;

/** The shop as it is now: new offers when there were none, or when their time is over. */
export function shopAt(shop: Shop | undefined, now: number, pets: Table<PetTemplate>, random: Random): Shop {
  return shop && now - shop.since < SHOP_REFRESH_S ? shop : freshShop(now, pets, random);
}

export function freshShop(now: number, pets: Table<PetTemplate>, random: Random): Shop {
  return { offers: Array.from({ length: OFFERS }, () => draw(pets, random).id), since: now };
}

/** The pet of a place (1 to 3), what it costs, and the shop without it. @throws Refused */
export function buy(shop: Shop, place: number, buyer: { readonly coin: number; readonly pets: number }, pets: Table<PetTemplate>) {
  const template = pets.get(shop.offers[place - 1] ?? SOLD);
  if (!template) throw new Refused('petMissing');
  if (buyer.coin < template.coin) throw new Refused('notEnoughCoins');
  if (buyer.pets >= MAX_PETS) throw new Refused('petsFull');
  return { template, price: template.coin, shop: { ...shop, offers: shop.offers.with(place - 1, SOLD) } };
}

function draw(pets: Table<PetTemplate>, random: Random): PetTemplate {
  const drawn = random.between(1, 100_000);
  const quality = ODDS.find(({ above }) => drawn > above)?.quality;
  const those = [...pets.values()].filter((pet) => pet.quality === quality);
  const pet = those[random.between(0, those.length - 1)];
  if (!pet) throw new RangeError(`the wine shop has no pet of quality ${quality}`);
  return pet;
}
