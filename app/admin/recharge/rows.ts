/** Money becomes gold: the payment and the gold for it in one transaction, once for each order. */
import { db, RowRefused, transaction } from 'firefly-ts';
import { MAX_COINS } from '../../game/character/coins';
import { gainGold } from '../../game/character/gold';
import { characterOf } from '../../game/character/rows';
import { Refused } from '../../share/refused';
import { accounts, recharges } from '../../share/tables';
import { sqlTime } from '../../share/time';
import type { Payment } from './rules';

const PAID = 1;

/**
 * The table's unique index decides whether an order is new, also between two calls at once.
 *
 * @returns `again` for an order that has been given its gold before, `other` when that order was another payment
 * @throws Refused when there is nobody to give the gold to, or no room for it
 */
export async function recharge(payment: Payment): Promise<'done' | 'again' | 'other'> {
  try {
    await give(payment);
    return 'done';
  } catch (error) {
    // The gold that it brought may be the reason why there is no room for it twice.
    const mayBeTold = error instanceof Refused || (error instanceof RowRefused && error.field === 'orderid');
    const told = mayBeTold ? await toldOf(payment.orderid) : undefined;
    if (!told) throw error;
    return isSame(payment, told) ? 'again' : 'other';
  }
}

function give({ orderid, uid, rbm, zuan }: Payment): Promise<void> {
  return transaction(async (t) => {
    const account = await t.get(accounts, uid);
    if (!account || account.characterId === 0) throw new Refused('playerMissing');
    const { gold } = await characterOf(t, account.characterId);
    // It is paid for: nothing of it may be lost.
    if (gold + zuan > MAX_COINS) throw new Refused('goldFull');
    await gainGold(t, account.characterId, zuan, 'recharge');
    await t.insert(recharges, { uid: String(uid), orderid, rbm, zuan, boo: PAID, rtime: sqlTime(Date.now()) });
  });
}

async function toldOf(orderid: string) {
  const sql = 'SELECT uid, rbm, zuan FROM tb_recharge WHERE orderid = ?';
  return (await db.query(sql, [orderid], { fresh: true })).rows[0];
}

function isSame({ uid, rbm, zuan }: Payment, told: Readonly<Record<string, unknown>>): boolean {
  return String(told.uid) === String(uid) && Number(told.rbm) === rbm && Number(told.zuan) === zuan;
}
