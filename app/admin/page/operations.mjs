/** What can be done to a player, each with the fields that it needs and what it will do in words. */
import { count } from './format.mjs';

/**
 * @typedef {{ name: string, label: string, min: number, max?: number, from?: 'items' | 'pets' }} Field
 * @typedef {{ name: string, title: string, fields: readonly Field[], needsRole: boolean, danger?: boolean, says: (shown: Record<string, string>) => string }} Operation
 */

const MOST = 99_999_999;

/** @type {readonly Operation[]} */
export const OPERATIONS = [
  gift('addCoins', 'Add coins', 'coins', MOST),
  gift('addGold', 'Add gold', 'gold', MOST),
  gift('addExp', 'Add experience', 'experience, with the levels it brings', 1_000_000_000),
  gift('addEnergy', 'Add energy', 'energy', 30),
  {
    name: 'setLevel',
    title: 'Set the level',
    needsRole: true,
    fields: [{ name: 'level', label: 'Level', min: 1, max: 100 }],
    says: ({ level }) => `Sets level ${level}, with no experience towards the next.`,
  },
  {
    name: 'addItem',
    title: 'Add an item',
    needsRole: true,
    fields: [
      { name: 'template', label: 'Item', min: 1, from: 'items' },
      { name: 'count', label: 'How many', min: 1, max: 999 },
    ],
    says: ({ template, count: many }) => `Puts ${many} × ${template} into the package.`,
  },
  {
    name: 'addPet',
    title: 'Add a pet',
    needsRole: true,
    fields: [{ name: 'template', label: 'Pet', min: 1, from: 'pets' }],
    says: ({ template }) => `Gives ${template}, of level 1.`,
  },
  {
    name: 'ban',
    title: 'Ban the account',
    needsRole: false,
    danger: true,
    fields: [],
    says: () => 'Ends the player’s session, and lets the account log in no more.',
  },
  { name: 'unban', title: 'Lift the ban', needsRole: false, fields: [], says: () => 'Lets the account log in again.' },
];

/** @returns {Operation} */
function gift(name, title, what, max) {
  return {
    name,
    title,
    needsRole: true,
    fields: [{ name: 'amount', label: 'How much', min: 1, max }],
    says: ({ amount }) => `Gives ${count(Number(amount))} ${what}.`,
  };
}
