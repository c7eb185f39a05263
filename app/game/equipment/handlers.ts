/** Commands 203, 210, 212 and 215: what is worn, and what is done with an item. */
import { type Transaction, transaction } from 'firefly-ts';
import type { ItemTemplate } from '../../data/items';
import { EQUIPMENT, FEED_ITEM, TAKE_OFF, USE_ITEM } from '../../share/commands';
import { Refused } from '../../share/refused';
import { done } from '../../share/reply';
import type { Item } from '../../share/tables';
import { playerCommand } from '../channel';
import { attributesOfHero, heroOf } from '../character/hero';
import { characterOf } from '../character/rows';
import { gameData } from '../data';
import { templateOf } from '../package/items';
import { itemOf, putGrown, takeOne } from '../package/rows';
import { newSeed, SeededRandom } from '../random';
import { feedItem } from './growing';
import { hatch } from './hatching';
import { equipmentReply } from './replies';
import { putSlots, slotsOf, wornBy } from './rows';
import { equip, takeOff } from './slots';

playerCommand(EQUIPMENT, async ({ characterId }) => {
  const [worn, hero] = await transaction((t) => Promise.all([wornBy(t, characterId), heroOf(t, characterId)]));
  return equipmentReply(worn, attributesOfHero(hero), gameData().items);
});

playerCommand(USE_ITEM, async ({ characterId }, request) => {
  const itemId = request.integer('itemid');
  const seed = newSeed();
  await transaction(async (t) => {
    const item = await itemOf(t, characterId, itemId);
    const template = templateOf(item);
    if (template.slot !== undefined) return putOn(t, item, template);
    await hatch(t, characterId, template, SeededRandom.from(seed), 'use');
    await takeOne(t, item, 'use');
  });
  return done();
});

/** Its clients send the item that is eaten as `itemid`, and the one that grows as `toitemid`. */
playerCommand(FEED_ITEM, async ({ characterId }, request) => {
  const [foodId, eaterId] = [request.integer('itemid'), request.integer('toitemid')];
  await transaction(async (t) => {
    const food = await itemOf(t, characterId, foodId);
    const eater = await itemOf(t, characterId, eaterId);
    if ((await slotsOf(t, characterId)).includes(foodId)) throw new Refused('itemWorn');
    const { templateId, exp } = feedItem(growing(eater), growing(food), gameData().items);
    await takeOne(t, food, 'feedItem');
    await putGrown(t, eater, templateId, exp, 'feedItem');
  });
  return done();
});

/** There is always room for it: it has been the player's all along. */
playerCommand(TAKE_OFF, async ({ characterId }, request) => {
  const itemId = request.integer('itemid');
  await transaction(async (t) => putSlots(t, characterId, takeOff(await slotsOf(t, characterId), itemId)));
  return done();
});

async function putOn(t: Transaction, { id, characterId }: Item, template: ItemTemplate): Promise<void> {
  const { level } = await characterOf(t, characterId);
  await putSlots(t, characterId, equip(await slotsOf(t, characterId), id, template, level));
}

function growing({ id, itemTemplateId: templateId, exp }: Item) {
  return { id, templateId, exp };
}
