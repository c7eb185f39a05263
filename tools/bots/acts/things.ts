/** What lies in the package, and what is done with it. */
import { GAME_DATA } from '../../../app/data/gamedata';
import type { ItemTemplate } from '../../../app/data/items';
import { FRAGMENTS } from '../../../app/game/compounding/rules';
import {
  COMPOUND,
  COMPOUND_NEEDS,
  EQUIPMENT,
  FEED_ITEM,
  FRAGMENT_LIST,
  FRAGMENT_TARGET,
  ITEM_DETAILS,
  PACKAGE,
  TAKE_OFF,
  USE_ITEM,
} from '../../../app/share/commands';
import type { Bot, Data } from '../bot';
import { listIn } from './act';

/** Puts on what can be worn. What is put on stays what it is, so that is no trade. */
export async function putsOn(bot: Bot): Promise<void> {
  const item = bot.oneOf(await packageOf(bot, ({ slot }) => slot !== undefined));
  if (!item) return;
  await bot.ask(ITEM_DETAILS, { itemid: item.itemid });
  await bot.ask(USE_ITEM, { itemid: item.itemid });
}

export async function takesOff(bot: Bot): Promise<void> {
  const worn = bot.oneOf(listIn(await bot.ask(EQUIPMENT), 'equip'));
  if (worn) await bot.ask(TAKE_OFF, { itemid: (worn.item as Data).itemid });
}

export async function opensEgg(bot: Bot): Promise<void> {
  const egg = bot.oneOf(await packageOf(bot, (template) => template.egg !== undefined));
  if (egg) await bot.trade('use', USE_ITEM, { itemid: egg.itemid });
}

/** An item eats another one. */
export async function feedsItem(bot: Bot): Promise<void> {
  const food = await packageOf(bot, ({ growth }) => growth !== undefined);
  const eater = bot.oneOf(food.filter(({ tempid }) => template(tempid)?.growth?.into !== undefined));
  const eaten = bot.oneOf(food.filter((item) => item !== eater));
  if (eater && eaten) await bot.trade('feedItem', FEED_ITEM, { itemid: eaten.itemid, toitemid: eater.itemid });
}

/** Once in so many times it tries with too few. */
const TRIES_IN = 5;

/** Looks at what fragments make, and makes it of those of which there are enough. */
export async function compounds(bot: Bot): Promise<void> {
  const fragments = listIn(await bot.ask(FRAGMENT_LIST), 'itemlist');
  const enough = bot.oneOf(fragments.filter(({ stack }) => Number(stack) >= FRAGMENTS));
  const fragment = enough ?? bot.oneOf(fragments);
  if (!fragment) return;
  const { tempid } = fragment;
  for (const command of [FRAGMENT_TARGET, COMPOUND_NEEDS]) await bot.ask(command, { tempid });
  if (enough || bot.random.between(1, TRIES_IN) === 1) await bot.trade('compound', COMPOUND, { tempid });
}

/** What lies there and is of a kind. */
export async function packageOf(bot: Bot, isOf: (template: ItemTemplate) => boolean): Promise<readonly Data[]> {
  return listIn(await bot.ask(PACKAGE), 'itemlist').filter(({ tempid }) => {
    const known = template(tempid);
    return known !== undefined && isOf(known);
  });
}

function template(tempid: unknown): ItemTemplate | undefined {
  return GAME_DATA.en.items.get(Number(tempid));
}
