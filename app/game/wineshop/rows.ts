/** The row of a character's wine shop in a transaction. */
import type { Transaction } from 'firefly-ts';
import { wineShops } from '../../share/tables';
import { gameData } from '../data';
import type { Random } from '../random';
import { type Shop, SOLD, shopAt } from './rules';

/** The shop as it is now. @param now Unix seconds */
export async function shopOf(t: Transaction, characterId: number, now: number, random: Random): Promise<Shop> {
  const row = await t.get(wineShops, characterId);
  return shopAt(row ? { offers: [row.offer_1, row.offer_2, row.offer_3], since: row.since } : undefined, now, gameData().pets, random);
}

export async function putShop(t: Transaction, characterId: number, { offers, since }: Shop): Promise<void> {
  const [offer_1 = SOLD, offer_2 = SOLD, offer_3 = SOLD] = offers;
  if (await t.get(wineShops, characterId)) await t.update(wineShops, characterId, { offer_1, offer_2, offer_3, since });
  else await t.insert(wineShops, { characterId, offer_1, offer_2, offer_3, since });
}
