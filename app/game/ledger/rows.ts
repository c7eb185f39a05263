/**
 * The ledger: a line for each change of what is worth something, in the transaction that makes the change.
 *
 * Only the functions that change coins, gold, items and pets write here, so a command cannot forget it: it says for what reason. `npm run audit` proves that what players own is what the ledger says.
 */
import type { Transaction } from 'firefly-ts';
import { Refused } from '../../share/refused';
import { characters, type LedgerLine, ledger } from '../../share/tables';
import { sqlTime } from '../../share/time';
import { type Counted, differences } from './differences';

export type Noted = Pick<LedgerLine, 'what' | 'template' | 'amount' | 'after'>;

interface Trade {
  /** Counts the trades of its character. */
  readonly entry: number;
  readonly at: string;
  lines: number;
}

/** All lines of a character in one transaction are one entry. By character. */
const trades = new WeakMap<Transaction, Map<number, Trade>>();

/**
 * @param change with the amount that is there after it
 * @param reason the word of the system, at most 32 characters
 * @throws Refused when there is no such character
 */
export async function note(t: Transaction, characterId: number, reason: string, change: Noted): Promise<void> {
  if (change.amount === 0) return;
  const trade = await tradeOf(t, characterId);
  trade.lines += 1;
  await t.insert(ledger, { characterId, entry: trade.entry, line: trade.lines, at: trade.at, reason, ...change });
}

/** Notes what has become of a character's items or pets. */
export async function noteList(
  t: Transaction,
  characterId: number,
  reason: string,
  what: 'item' | 'pet',
  before: readonly Counted[],
  after: readonly Counted[],
): Promise<void> {
  for (const difference of differences(before, after)) await note(t, characterId, reason, { what, ...difference });
}

/** Ids are not in the order in which rows were made. So entries are counted in the character's row, and none can be missing unseen. */
async function tradeOf(t: Transaction, characterId: number): Promise<Trade> {
  const ofAll = trades.get(t) ?? new Map<number, Trade>();
  trades.set(t, ofAll);
  const known = ofAll.get(characterId);
  if (known) return known;
  const row = await t.get(characters, characterId);
  if (!row) throw new Refused('playerMissing');
  const trade = { entry: row.entries + 1, at: sqlTime(Date.now()), lines: 0 };
  ofAll.set(characterId, trade);
  await t.update(characters, characterId, { entries: trade.entry });
  return trade;
}
