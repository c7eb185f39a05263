/** Gold, which players pay for: each piece that is spent is in a bill, written with what it was spent on. */
import type { Transaction } from 'firefly-ts';
import { Refused } from '../../share/refused';
import { bills, characters } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { changedCoins } from './coins';
import { characterOf } from './rows';

/** What tools of Firefly games know as the type of a bill. */
export const SPENT_ON = { arena: 3, petShop: 4, petTraining: 8, other: 12 } as const;

export async function gainGold(t: Transaction, characterId: number, gain: number): Promise<void> {
  const { gold } = await characterOf(t, characterId);
  await t.update(characters, characterId, { gold: changedCoins(gold, gain) ?? gold });
}

/** @throws Refused when there is not enough */
export async function spendGold(t: Transaction, characterId: number, cost: number, on: keyof typeof SPENT_ON, details = ''): Promise<void> {
  const { gold } = await characterOf(t, characterId);
  const left = changedCoins(gold, -cost);
  if (left === undefined) throw new Refused('notEnoughGold');
  await t.update(characters, characterId, { gold: left });
  const bill = { characterId, spendType: SPENT_ON[on], spendGold: cost, spendDetails: details, recordDate: sqlTime(Date.now()) };
  await t.insert(bills, bill);
}
