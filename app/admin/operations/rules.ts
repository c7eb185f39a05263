/** What an operator can do to a character, each with what it needs. Nothing of a request is run. Pure. */
import { MAX_LEVEL } from '../../data/experience';
import { MAX_COINS } from '../../game/character/coins';
import { MAX_ENERGY } from '../../game/character/energy';
import { BadForm, type Form } from '../form';

export type Operation =
  | { readonly name: 'addCoins' | 'addGold' | 'addExp' | 'addEnergy'; readonly amount: number }
  | { readonly name: 'setLevel'; readonly level: number }
  | { readonly name: 'addItem'; readonly template: number; readonly count: number }
  | { readonly name: 'addPet'; readonly template: number }
  | { readonly name: 'ban' | 'unban' };

const MAX_ITEMS = 999;
const MAX_EXP = 1_000_000_000;
const MAX_ID = 2 ** 31 - 1;

const READERS: Readonly<Record<Operation['name'], (form: Form) => Operation>> = {
  addCoins: (form) => ({ name: 'addCoins', amount: form.integer('amount', 1, MAX_COINS) }),
  addGold: (form) => ({ name: 'addGold', amount: form.integer('amount', 1, MAX_COINS) }),
  addExp: (form) => ({ name: 'addExp', amount: form.integer('amount', 1, MAX_EXP) }),
  addEnergy: (form) => ({ name: 'addEnergy', amount: form.integer('amount', 1, MAX_ENERGY) }),
  setLevel: (form) => ({ name: 'setLevel', level: form.integer('level', 1, MAX_LEVEL) }),
  addItem: (form) => ({ name: 'addItem', template: form.integer('template', 1, MAX_ID), count: form.integer('count', 1, MAX_ITEMS) }),
  addPet: (form) => ({ name: 'addPet', template: form.integer('template', 1, MAX_ID) }),
  ban: () => ({ name: 'ban' }),
  unban: () => ({ name: 'unban' }),
};

export const OPERATIONS = Object.keys(READERS);

/** @throws BadForm naming the field, and the operations that there are */
export function readOperation(form: Form): Operation {
  const name = form.text('operation', 20);
  if (!Object.hasOwn(READERS, name)) throw new BadForm('operation', `must be one of ${OPERATIONS.join(', ')}`);
  return READERS[name as Operation['name']](form);
}

/** For the record: `amount=5` and the like. */
export function detailsOf({ name: _name, ...rest }: Operation): string {
  return Object.entries(rest)
    .map(([field, value]) => `${field}=${value}`)
    .join(' ');
}
