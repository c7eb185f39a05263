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
    if (!(error instanceof RowRefused) || error.field !== 'orderid') throw error;
    return (await isSame(payment)) ? 'again' : 'other';
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

async function isSame({ orderid, uid, rbm, zuan }: Payment): Promise<boolean> {
  const sql = 'SELECT uid, rbm, zuan FROM tb_recharge WHERE orderid = ?';
  const [row] = (await db.query(sql, [orderid], { fresh: true })).rows;
  return row !== undefined && String(row.uid) === String(uid) && Number(row.rbm) === rbm && Number(row.zuan) === zuan;
}
