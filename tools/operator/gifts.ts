/** What the operator gives to a player, drawn at random: bots get what they need for every command of the game. Pure. */
import { EXPERIENCE_TO_LEAVE } from '../../app/data/experience';
import { GAME_DATA } from '../../app/data/gamedata';
import type { ItemTemplate } from '../../app/data/items';
import { TRAINING_SCROLL } from '../../app/game/training/rules';
import type { Random } from '../lib/fuzz/random';
import { drawWeighted, type Weighted } from '../lib/weighted';
import type { Fields } from './adminport';

export interface Gift {
  readonly operation: string;
  readonly fields: Fields;
  /** Whether it stands in the ledger. */
  readonly isTrade: boolean;
  /** Experience that it brings, and as much more at most. */
  readonly experience: number;
  readonly maybeMore: number;
}

const { items, pets } = GAME_DATA.en;
const templates = (isOf: (item: ItemTemplate) => boolean) => [...items.values()].filter(isOf).map(({ id }) => id);
/** What calls a pet when it is put together: nothing is left in the package. */
const FRAGMENTS = templates(({ compound }) => items.get(compound?.into ?? 0)?.egg !== undefined);
const EGGS = templates(({ egg }) => egg !== undefined);
const GROWING = templates(({ growth }) => growth?.into !== undefined);
const FIRST_GRADE = [...pets.values()].filter(({ quality }) => quality === 1).map(({ id }) => id);
/** A level that is set is above all that the player can have reached meanwhile. */
const LEVELS_UP = 5;

type Kind = (random: Random) => Gift;

const KINDS: Weighted<Kind> = [
  [8, (random) => gift('addItem', { template: oneOf(FRAGMENTS, random), count: 8 })],
  [6, (random) => gift('addItem', { template: oneOf(EGGS, random), count: 1 })],
  [6, (random) => gift('addItem', { template: oneOf(GROWING, random), count: 2 })],
  [5, () => gift('addItem', { template: TRAINING_SCROLL, count: 12 })],
  [4, (random) => gift('addPet', { template: oneOf(FIRST_GRADE, random) })],
  [6, () => gift('addCoins', { amount: 8_000 })],
  [4, () => gift('addGold', { amount: 300 })],
  [8, () => ({ ...gift('addEnergy', { amount: 15 }), isTrade: false })],
  [4, () => ({ ...gift('addExp', { amount: 400 }), isTrade: false, experience: 400 })],
];

export function drawGift(random: Random): Gift {
  return drawWeighted(KINDS, (bound) => random.below(bound))(random);
}

function gift(operation: string, fields: Fields): Gift {
  return { operation, fields, isTrade: true, experience: 0, maybeMore: 0 };
}

/** How much experience that is depends on what the player has by then. @param from its level a moment ago */
export function levelUp(from: number): Gift {
  const level = from + LEVELS_UP;
  const all = EXPERIENCE_TO_LEAVE.slice(1, level).reduce((sum, needed) => sum + needed, 0);
  return { ...gift('setLevel', { level }), isTrade: false, maybeMore: all };
}

function oneOf(list: readonly number[], random: Random): number {
  return list[random.below(list.length)] as number;
}
