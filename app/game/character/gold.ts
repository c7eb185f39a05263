/** Gold, which players pay for: each piece that is spent is in a bill, written with what it was spent on, beside its line in the ledger. */
import type { Transaction } from 'firefly-ts';
import { Refused } from '../../share/refused';
import { bills, characters } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { note } from '../ledger/rows';
import { changedCoins } from './coins';
import { characterOf } from './rows';

/** What tools of Firefly games know as the type of a bill. */
export const SPENT_ON = { arena: 3, petShop: 4, petTraining: 8, other: 12 } as const;

/** @param reason for the ledger */
export async function gainGold(t: Transaction, characterId: number, gain: number, reason: string): Promise<void> {
  const { gold } = await characterOf(t, characterId);
  await putGold(t, characterId, gold, changedCoins(gold, gain) ?? gold, reason);
}

/** @throws Refused when there is not enough */
export async function spendGold(t: Transaction, characterId: number, cost: number, on: keyof typeof SPENT_ON, details = ''): Promise<void> {
  const { gold } = await characterOf(t, characterId);
  const left = changedCoins(gold, -cost);
  if (left === undefined) throw new Refused('notEnoughGold');
  await putGold(t, characterId, gold, left, on);
  const bill = { characterId, spendType: SPENT_ON[on], spendGold: cost, spendDetails: details, recordDate: sqlTime(Date.now()) };
  await t.insert(bills, bill);
}

async function putGold(t: Transaction, characterId: number, before: number, after: number, reason: string): Promise<void> {
  await t.update(characters, characterId, { gold: after });
  await note(t, characterId, reason, { what: 'gold', template: 0, amount: after - before, after });
}
