/** A trade of which a half is missing is found, whatever it is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LedgerLine } from '../../../app/share/tables';
import { checkTrades } from '../../../tools/audit/trades';
import { ADA, BEN, BLADE, HERO, line, PAGE, village } from './village';

type Change = readonly [what: LedgerLine['what'], amount: number];

function wrongWith(reason: string, changes: readonly Change[]): readonly string[] {
  const template = { coin: 0, gold: 0, item: BLADE, pet: HERO };
  const ledger = changes.map(([what, amount], at) => line(BEN, 2, at + 1, what, template[what], amount, 1, reason));
  return checkTrades({ ledger }).flatMap(({ wrong }) => wrong);
}

const WHOLE: readonly (readonly [reason: string, ...changes: Change[]])[] = [
  ['campaign', ['coin', 248], ['item', 1]],
  ['campaign', ['coin', 248]],
  ['use', ['pet', 1], ['item', -1]],
  ['compound', ['coin', -1000], ['item', -4], ['pet', 1]],
  ['compound', ['coin', -1000], ['item', -4], ['item', 1]],
  ['feedItem', ['item', -1], ['item', -1], ['item', 1]],
  ['swallow', ['pet', -1], ['pet', 1], ['pet', -1]],
  ['feedPet', ['pet', -3]],
  ['petShop', ['coin', -500], ['pet', 1]],
  ['petShop', ['gold', -10]],
  ['petTraining', ['item', -10], ['coin', -2000]],
  ['petTraining', ['item', -1], ['gold', -20]],
  ['arena', ['coin', 500]],
  ['arena', ['gold', -10]],
  ['arenaReward', ['coin', 600_000]],
  ['hire', ['coin', -1000]],
  ['hired', ['coin', 100]],
  ['recharge', ['gold', 60]],
  ['operator', ['item', 12]],
  ['a system of somebody else', ['coin', -1], ['pet', -5]],
];

/** All but the last: whatever one of those is without is half a trade. */
const SEVERAL = WHOLE.filter(([reason, ...changes]) => changes.length > 1 && !['campaign', 'a system of somebody else'].includes(reason));

describe('the trades of a ledger', () => {
  it('are whole when what was taken and what was given for it stand together', () => {
    assert.deepEqual(
      checkTrades(village()).flatMap(({ wrong }) => wrong),
      [],
    );
    for (const [reason, ...changes] of WHOLE) assert.deepEqual(wrongWith(reason, changes), [], reason);
  });

  for (const [reason, ...changes] of SEVERAL)
    for (const missing of changes.keys())
      it(`are not: ${reason} without ${changes[missing]?.join(' ')} of ${changes.map((change) => change.join(' ')).join(', ')}`, () => {
        assert.equal(
          wrongWith(
            reason,
            changes.filter((_, at) => at !== missing),
          ).length,
          1,
        );
      });

  it('are named with what they have changed', () => {
    const ledger = [line(ADA, 9, 1, 'item', PAGE, -1, 1, 'use'), line(ADA, 9, 2, 'coin', 0, 5, 5, 'hired')];
    assert.deepEqual(checkTrades({ ledger })[0]?.wrong, [`character ${ADA}, entry 9 (use) has changed coin 0, gold 0, item -1, pet 0`]);
    assert.equal(checkTrades({ ledger })[0]?.seen, '2 trades');
  });
});
