/** Payments and bills against the gold of the ledger. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Bill, Recharge } from '../../../app/share/tables';
import { checkMoney } from '../../../tools/audit/money';
import { ADA, BEN, line, type Village, village } from './village';

function wrongWith(change: (of: Village) => unknown): readonly string[] {
  const estate = village();
  change(estate);
  return checkMoney(estate).flatMap(({ wrong }) => wrong);
}

const payment = (orderid: string, zuan: number, boo = 1) => ({ id: 2, uid: '2', orderid, zuan, boo }) as Recharge;
const bill = (spendGold: number) => ({ id: 1, characterId: BEN, spendGold }) as Bill;

describe('money', () => {
  it('is all there where each payment has its gold, and gold that was spent its bill', () => {
    assert.deepEqual(
      wrongWith(() => {}),
      [],
    );
    assert.deepEqual(
      wrongWith((v) => v.recharges.push(payment('not settled', 60, -1))),
      [],
    );
    assert.deepEqual(
      wrongWith((v) => {
        v.ledger.push(line(BEN, 2, 1, 'gold', 0, 60, 60, 'recharge'), line(BEN, 3, 1, 'gold', 0, -20, 40, 'petTraining'));
        v.recharges.push(payment('order 2', 60));
        v.bills.push(bill(20));
      }),
      [],
    );
  });

  it('is not when an order has brought no gold, or twice as much', () => {
    assert.deepEqual(
      wrongWith((v) => v.recharges.push(payment('order 2', 60))),
      [`character ${BEN} has paid for 60 and was given nothing`],
    );
    assert.deepEqual(
      wrongWith((v) => v.ledger.push(line(ADA, 6, 1, 'gold', 0, 90, 180, 'recharge'))),
      [`character ${ADA} has paid for 90 and was given 90 + 90`],
    );
  });

  it('is not when gold went without a bill, or a bill was written for none', () => {
    assert.deepEqual(
      wrongWith((v) => v.ledger.push(line(BEN, 2, 1, 'gold', 0, -10, 0, 'petShop'))),
      [`character ${BEN} has spent 10, and its bills are nothing`],
    );
    assert.deepEqual(
      wrongWith((v) => v.bills.push(bill(10))),
      [`character ${BEN} has spent nothing, and its bills are 10`],
    );
  });

  it('of before the ledger, or of lines that were deleted, is taken as it is', () => {
    assert.deepEqual(
      wrongWith((v) => v.ledger.splice(0, v.ledger.length, ...v.ledger.filter(({ entry }) => entry !== 1 && entry !== 5))),
      [],
    );
  });
});
