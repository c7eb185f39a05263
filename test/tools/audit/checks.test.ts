/** The audit finds nothing where all is well, and each kind of fault by the check that is for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkBelongings } from '../../../tools/audit/belongings';
import { allHold, formatChecks } from '../../../tools/audit/check';
import type { Estate } from '../../../tools/audit/estate';
import { checkLedgers } from '../../../tools/audit/ledgers';
import { ADA, BEN, BLADE, HERO, line, PET, type Village, village } from './village';

const check = (estate: Estate, mustBeWhole = true) => [...checkLedgers(estate, mustBeWhole), ...checkBelongings(estate)];
const brokenIn = (estate: Estate, mustBeWhole?: boolean) =>
  check(estate, mustBeWhole).flatMap(({ name, wrong }) => (wrong.length > 0 ? [name] : []));

const COINS = 'coins are what the ledger says';
const GOLD = 'gold is what the ledger says';
const ITEMS = 'items are what the ledger says';
const PETS = 'pets are what the ledger says';
const HOLES = 'ledgers have no holes';
const FIRST = 'ledgers begin with the first entry';
const ROLES = 'each role has one account';
const OWNERS = 'everything has an owner';
const WORN = 'what is worn is there and its wearer’s';
const PLACED = 'who stands in a formation is there and its owner’s';
const PAID = 'each hire that was served is paid once';
const LIMITS = 'nothing is below zero or above its limit';
const RANKS = 'ranks are 1 to N, each once';
const QUARANTINE = 'nothing lies in the quarantine';

type Row<K extends keyof Village> = Village[K] extends (infer R)[] ? R : never;

function at<K extends 'characters' | 'items' | 'equipment' | 'formations' | 'friends' | 'standings' | 'ranks' | 'ledger'>(
  of: Village,
  list: K,
  index: number,
): Row<K> {
  const row = of[list][index];
  assert.ok(row);
  return row as Row<K>;
}

const FAULTS: readonly (readonly [fault: string, found: readonly string[], plant: (of: Village) => unknown])[] = [
  ['a coin that nobody gave', [COINS], (v) => Object.assign(at(v, 'characters', 0), { coin: 8_501 })],
  ['gold that is gone', [GOLD], (v) => Object.assign(at(v, 'characters', 0), { gold: 89 })],
  ['an item twice', [ITEMS], (v) => v.items.push({ ...at(v, 'items', 2), id: 9 })],
  ['a stack that has shrunk', [ITEMS], (v) => Object.assign(at(v, 'items', 0), { stack: 4 })],
  ['an item of another template', [ITEMS], (v) => Object.assign(at(v, 'items', 1), { itemTemplateId: BLADE, stack: 1 })],
  ['a pet that is gone', [PETS, PLACED], (v) => v.pets.pop()],
  ['a pet of another grade', [PETS], (v) => Object.assign(v.pets[0] ?? {}, { templateID: HERO + 1 })],
  ['a line that is missing in the middle', [HOLES, COINS], (v) => v.ledger.splice(0, 1)],
  ['the last line missing', [HOLES, GOLD], (v) => v.ledger.splice(6, 1)],
  ['the first entry missing', [FIRST], (v) => v.ledger.splice(1, 2)],
  ['a line twice', [HOLES, COINS], (v) => v.ledger.push({ ...at(v, 'ledger', 3) })],
  ['a line of the wrong amount', [COINS], (v) => Object.assign(at(v, 'ledger', 0), { amount: -999 })],
  ['a line of nobody', [HOLES], (v) => v.ledger.push(line(7, 1, 1, 'coin', 0, 1, 10_001, 'gift'))],
  ['a role without an account', [ROLES], (v) => v.accounts.shift()],
  ['an account whose role is gone', [ROLES], (v) => Object.assign(v.accounts[2] ?? {}, { characterId: 7 })],
  ['a role of two accounts', [ROLES], (v) => Object.assign(v.accounts[2] ?? {}, { characterId: ADA })],
  ['an item of nobody', [ITEMS, OWNERS], (v) => Object.assign(at(v, 'items', 0), { characterId: 7 })],
  ['a hire of nobody', [OWNERS, PLACED], (v) => Object.assign(at(v, 'friends', 0), { playerId: 7 })],
  ['an item that is worn and not there', [WORN], (v) => Object.assign(at(v, 'equipment', 0), { body: 77 })],
  ['an item that somebody else wears', [WORN], (v) => Object.assign(at(v, 'equipment', 1), { body: 3 })],
  ['a place of a pet of another’s', [PLACED], (v) => Object.assign(at(v, 'formations', 1), { eyes_1: PET })],
  ['a place of somebody who is not hired any more', [PLACED], (v) => Object.assign(at(v, 'friends', 0), { guyong: 0 })],
  ['somebody at two places', [PLACED], (v) => Object.assign(at(v, 'formations', 0), { eyes_9: PET })],
  ['a formation without its hero', [PLACED], (v) => Object.assign(at(v, 'formations', 0), { eyes_5: -1 })],
  ['a service without pay', [PAID], (v) => v.hireRecords.push({ ...(v.hireRecords[0] as Row<'hireRecords'>), id: 2 })],
  ['a balance below zero', [COINS, LIMITS], (v) => Object.assign(at(v, 'characters', 0), { coin: -1 })],
  [
    'a stack above its template’s maximum',
    [LIMITS],
    (v) => Object.assign(v, { items: [{ ...at(v, 'items', 0), stack: 7 }, at(v, 'items', 2)] }),
  ],
  ['an empty stack', [LIMITS], (v) => v.items.push({ ...at(v, 'items', 0), id: 9, stack: 0 })],
  [
    'more stacks than places',
    [LIMITS],
    (v) => {
      Object.assign(at(v, 'characters', 0), { packageSize: 1 });
      v.items = [at(v, 'items', 2), ...Array.from({ length: 7 }, (_, id) => ({ ...at(v, 'items', 1), id: 10 + id, stack: 1 }))];
    },
  ],
  ['a rank twice', [RANKS], (v) => Object.assign(at(v, 'standings', 0), { ranking: 1 })],
  ['a rank that nobody has', [RANKS], (v) => Object.assign(at(v, 'standings', 0), { ranking: 3 })],
  ['a rank of somebody else', [RANKS], (v) => Object.assign(at(v, 'ranks', 0), { characterId: ADA })],
  ['a row that could not be written', [QUARANTINE], (v) => Object.assign(v, { quarantined: 1 })],
];

describe('the audit', () => {
  it('finds nothing where everything is accounted for', () => {
    assert.deepEqual(brokenIn(village()), []);
    assert.ok(allHold(check(village())));
  });

  for (const [fault, found, plant] of FAULTS) {
    it(`finds ${fault}`, () => {
      const estate = village();
      plant(estate);
      assert.deepEqual(brokenIn(estate), found, formatChecks(check(estate)));
    });
  }

  it('takes a ledger whose older entries were deleted, and still follows what is left of it', () => {
    const estate = village();
    estate.ledger = estate.ledger.filter(({ characterId, entry }) => characterId === BEN || entry > 2);
    assert.deepEqual(brokenIn(estate, false), []);
    assert.deepEqual(brokenIn(estate, true), [FIRST]);
    Object.assign(at(estate, 'characters', 0), { coin: 8_400 });
    assert.deepEqual(brokenIn(estate, false), [COINS]);
  });

  it('takes characters of before the ledger, whatever they own', () => {
    const estate = village();
    estate.ledger = [];
    for (const character of estate.characters) character.entries = 1;
    assert.deepEqual(brokenIn(estate, false), []);
  });

  it('shows a line a check, and what is wrong below it', () => {
    const estate = village();
    Object.assign(at(estate, 'characters', 0), { coin: 8_501 });
    const lines = formatChecks(check(estate)).split('\n');
    const broken = lines.indexOf('BROKEN  coins are what the ledger says (2 balances): 1 times');
    assert.ok(broken >= 0, lines.join('\n'));
    assert.equal(lines[broken + 1], `          character ${ADA} has 8501 coins, and its ledger says 8500`);
    assert.ok(lines.includes('holds   ranks are 1 to N, each once (2 ranks)'), lines.join('\n'));
  });
});
