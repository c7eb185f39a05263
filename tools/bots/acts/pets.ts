/** Pets: where they come from, where they stand, what they learn and what they eat. */
import { TRAINING_KINDS, TRAINING_SCROLL } from '../../../app/game/training/rules';
import {
  BUY_PET,
  CHANGE_FORMATION,
  FEED_PET,
  KEEP_TRAINING,
  PET_LIST,
  REFRESH_SHOP,
  SWALLOW_PET,
  TRAIN_PET,
  WINE_SHOP,
} from '../../../app/share/commands';
import type { Growth } from '../books';
import type { Bot, Data } from '../bot';
import { listIn } from './act';
import { packageOf } from './things';

const INTO_FORMATION = 0;
const PLACES = 9;
/** Of what stands in a formation. */
const PET = 3;
/** Once in so many looks at the wine shop others are asked for, for gold. */
const REFRESHES_IN = 4;

export async function placesPet(bot: Bot): Promise<void> {
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

export async function buysPet(bot: Bot): Promise<void> {
  if (bot.random.between(1, REFRESHES_IN) === 1) await bot.trade('petShop', REFRESH_SHOP);
  const pet = bot.oneOf(listIn(await bot.ask(WINE_SHOP), 'petlist'));
  if (pet) await bot.trade('petShop', BUY_PET, { pos: pet.pos, tempid: pet.tempid });
}

export async function swallowsPet(bot: Bot): Promise<void> {
  const [eater, eaten] = await twoPets(bot);
  if (!eater || !eaten) return;
  const answered = await bot.trade('swallow', SWALLOW_PET, { petid: eater.chaid, tpetid: eaten.chaid });
  // It may have become another, with growths of its own.
  if (answered && answered.outcome !== 'refused') bot.keeper.forgets(Number(eater.chaid));
}

export async function feedsPet(bot: Bot): Promise<void> {
  const [eater, eaten] = await twoPets(bot);
  if (eater && eaten) await bot.trade('feedPet', FEED_PET, { petid: eater.chaid, tpetids: [eaten.chaid] });
}

/** Keeps what has come of it, for better or worse. */
export async function trainsPet(bot: Bot): Promise<void> {
  const scrolls = await packageOf(bot, ({ id }) => id === TRAINING_SCROLL);
  const pet = scrolls.length > 0 ? bot.oneOf(await ownPets(bot)) : undefined;
  if (!pet) return;
  const petid = Number(pet.chaid);
  const trained = await bot.trade('petTraining', TRAIN_PET, { petid, type: bot.random.between(1, TRAINING_KINDS.length) });
  if (trained?.outcome !== 'done') return;
  const kept = await bot.request(KEEP_TRAINING, { petid });
  if (kept?.outcome === 'done') bot.keeper.knows(petid, trained.data.trained as Growth);
  else if (kept && kept.outcome !== 'refused') bot.keeper.forgets(petid);
}

/** Two different ones of those that do not stand in the formation. */
async function twoPets(bot: Bot): Promise<(Data | undefined)[]> {
  const pets = await ownPets(bot);
  const one = bot.oneOf(pets);
  return [one, bot.oneOf(pets.filter((pet) => pet !== one))];
}

async function ownPets(bot: Bot): Promise<readonly Data[]> {
  return listIn(await bot.ask(PET_LIST), 'petlist').filter(({ chatype }) => chatype === PET);
}
