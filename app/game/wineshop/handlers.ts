/** Commands 2320 to 2322, of our own: the wine shop, where pets are bought. */
import { transaction } from 'firefly-ts';
import { BUY_PET, REFRESH_SHOP, WINE_SHOP } from '../../share/commands';
import { Refused } from '../../share/refused';
import { success } from '../../share/reply';
import { unixTime } from '../../share/time';
import { playerCommand } from '../channel';
import { spendGold } from '../character/gold';
import { changeCoins, characterOf } from '../character/rows';
import { gameData } from '../data';
import { givePet, petsOf } from '../pets/rows';
import { newSeed, SeededRandom } from '../random';
import { shopReply } from './replies';
import { putShop, shopOf } from './rows';
import { buy, freshShop, OFFERS, SHOP_REFRESH_GOLD } from './rules';

playerCommand(WINE_SHOP, ({ characterId }) => {
  const [seed, now] = [newSeed(), unixTime(Date.now())];
  return transaction(async (t) => {
    const shop = await shopOf(t, characterId, now, SeededRandom.from(seed));
    await putShop(t, characterId, shop);
    return shopReply(shop, gameData().pets, now);
  });
});

playerCommand(BUY_PET, ({ characterId }, request) => {
  const place = request.integer('pos', 1, OFFERS);
  const wanted = request.integer('tempid', 1);
  const [seed, now] = [newSeed(), unixTime(Date.now())];
  return transaction(async (t) => {
    const shop = await shopOf(t, characterId, now, SeededRandom.from(seed));
    // Others may have come since the client looked.
    if (shop.offers[place - 1] !== wanted) throw new Refused('offerGone');
    const { coin } = await characterOf(t, characterId);
    const buyer = { coin, pets: (await petsOf(t, characterId)).length };
    const bought = buy(shop, place, buyer, gameData().pets);
    await changeCoins(t, characterId, -bought.price, 'petShop');
    const petid = await givePet(t, characterId, bought.template, 'petShop');
    await putShop(t, characterId, bought.shop);
    return success({ petid });
  });
});

playerCommand(REFRESH_SHOP, ({ characterId }) => {
  const [seed, now] = [newSeed(), unixTime(Date.now())];
  return transaction(async (t) => {
    await spendGold(t, characterId, SHOP_REFRESH_GOLD, 'petShop');
    const shop = freshShop(now, gameData().pets, SeededRandom.from(seed));
    await putShop(t, characterId, shop);
    return shopReply(shop, gameData().pets, now);
  });
});
