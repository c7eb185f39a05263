/** What a bot does in a session, and how often it does what. An act is a few requests that belong together; it decides on what the answers say. */
import { GAME_DATA } from '../../app/data/gamedata';
import type { Random } from '../../app/game/random';
import {
  ARENA,
  ARENA_FIGHT,
  ARENA_LOG,
  ARENA_REWARD,
  BUY_PET,
  CAMPAIGN,
  CAMPAIGN_FIGHT,
  CHANGE_FORMATION,
  COMPOUND,
  COMPOUND_NEEDS,
  EQUIPMENT,
  FORMATION,
  FRAGMENT_LIST,
  FRAGMENT_TARGET,
  HIRE,
  HIRE_RECORDS,
  INSPECT,
  ITEM_DETAILS,
  MAIL_LIST,
  PACKAGE,
  PET_LIST,
  RANKING,
  READ_MAIL,
  SEND_MAIL,
  STATUS,
  SWALLOW_PET,
  TAKE_OFF,
  USE_ITEM,
  WINE_SHOP,
} from '../../app/share/commands';
import type { Bot, Data } from './bot';

export type Act = (bot: Bot) => Promise<void>;

const INTO_FORMATION = 0;
const PLACES = 9;
/** Kinds of what stands in a formation, and of what `INSPECT` shows. */
const PET = 3;
const OTHER_PLAYER = 2;

function listIn(data: Data | undefined, name: string): readonly Data[] {
  return (data?.[name] ?? []) as readonly Data[];
}

/** Of a fight of the campaign: one that was lost changes nothing. */
function hasGains({ setData }: Data): boolean {
  const { coin, item } = setData as { readonly coin: number; readonly item: readonly number[] };
  return coin > 0 || item.length > 0;
}

async function looksAround(bot: Bot): Promise<void> {
  for (const command of [STATUS, EQUIPMENT, FORMATION]) await bot.ask(command);
}

async function fightsChapter(bot: Bot): Promise<void> {
  const campaign = await bot.ask(CAMPAIGN, { index: 0 });
  if (campaign) await bot.trade('campaign', CAMPAIGN_FIGHT, { zjid: campaign.cityid }, hasGains);
}

async function usesItem(bot: Bot): Promise<void> {
  const item = bot.oneOf(listIn(await bot.ask(PACKAGE), 'itemlist'));
  if (!item) return;
  await bot.ask(ITEM_DETAILS, { itemid: item.itemid });
  const fields = { itemid: item.itemid };
  // What is put on stays what it is.
  if (GAME_DATA.en.items.get(Number(item.tempid))?.egg) await bot.trade('use', USE_ITEM, fields);
  else await bot.ask(USE_ITEM, fields);
}

async function takesOff(bot: Bot): Promise<void> {
  const worn = bot.oneOf(listIn(await bot.ask(EQUIPMENT), 'equip'));
  if (worn) await bot.ask(TAKE_OFF, { itemid: (worn.item as Data).itemid });
}

async function compounds(bot: Bot): Promise<void> {
  const fragment = bot.oneOf(listIn(await bot.ask(FRAGMENT_LIST), 'itemlist'));
  if (!fragment) return;
  const { tempid } = fragment;
  for (const command of [FRAGMENT_TARGET, COMPOUND_NEEDS]) await bot.ask(command, { tempid });
  await bot.trade('compound', COMPOUND, { tempid });
}

async function placesPet(bot: Bot): Promise<void> {
  const unit = bot.oneOf(listIn(await bot.ask(PET_LIST), 'petlist'));
  if (!unit) return;
  await bot.ask(CHANGE_FORMATION, {
    petId: unit.chaid,
    chatype: unit.chatype,
    operType: INTO_FORMATION,
    fromPos: 0,
    toPos: bot.random.between(1, PLACES),
  });
}

async function buysPet(bot: Bot): Promise<void> {
  const pet = bot.oneOf(listIn(await bot.ask(WINE_SHOP), 'petlist'));
  if (pet) await bot.trade('petShop', BUY_PET, { pos: pet.pos, tempid: pet.tempid });
}

async function swallowsPet(bot: Bot): Promise<void> {
  const pets = listIn(await bot.ask(PET_LIST), 'petlist').filter(({ chatype }) => chatype === PET);
  const [eater, eaten] = [bot.oneOf(pets), bot.oneOf(pets)];
  if (eater && eaten && eater !== eaten) await bot.trade('swallow', SWALLOW_PET, { petid: eater.chaid, tpetid: eaten.chaid });
}

async function fightsInArena(bot: Bot): Promise<void> {
  const opponent = bot.oneOf(listIn(await bot.ask(ARENA), 'dsList').filter(({ characterId }) => characterId !== bot.characterId));
  if (opponent) await bot.trade('arena', ARENA_FIGHT, { tid: opponent.characterId });
}

async function readsArena(bot: Bot): Promise<void> {
  await bot.trade('arenaReward', ARENA_REWARD);
  await bot.ask(ARENA_LOG);
}

async function readsMail(bot: Bot): Promise<void> {
  const mail = bot.oneOf(listIn(await bot.ask(MAIL_LIST), 'maillist'));
  if (mail) await bot.ask(READ_MAIL, { mailID: mail.id });
}

async function meetsPlayers(bot: Bot): Promise<void> {
  const other = bot.oneOf(listIn(await bot.ask(RANKING, { tag: bot.random.between(1, 3), index: 0 }), 'friendlist'));
  if (!other) return;
  await bot.ask(INSPECT, { type: OTHER_PLAYER, tid: other.chaid });
  await bot.ask(SEND_MAIL, { pname: other.rolename, title: 'Hello', content: 'Shall we fight together?' });
  await bot.trade('hire', HIRE, { friendid: other.chaid });
  await bot.ask(HIRE_RECORDS);
}

/** How often, of all. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [30, fightsChapter],
  [15, usesItem],
  [10, looksAround],
  [10, placesPet],
  [10, fightsInArena],
  [5, takesOff],
  [5, compounds],
  [5, buysPet],
  [5, swallowsPet],
  [4, readsMail],
  [3, meetsPlayers],
  [3, readsArena],
];

const WEIGHTS = ACTS.reduce((sum, [weight]) => sum + weight, 0);

export function nextAct(random: Random): Act {
  let at = random.between(1, WEIGHTS);
  for (const [weight, act] of ACTS) {
    at -= weight;
    if (at <= 0) return act;
  }
  return looksAround;
}
