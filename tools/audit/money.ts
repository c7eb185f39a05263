/** Gold against money: every payment has its gold, every piece that was spent its bill. Pure. */
import type { Check } from './check';
import type { Estate } from './estate';
import { groupBy } from './group';

const PAID = 1;

/** Only where the ledger is whole: what was paid or spent before it has no line. */
export function checkMoney({ accounts, characters, ledger, recharges, bills }: Estate): Check[] {
  const owners = new Map(accounts.map(({ id, characterId }) => [String(id), characterId]));
  const lines = groupBy(ledger, ({ characterId }) => characterId);
  const payments = groupBy(
    recharges.filter(({ boo }) => boo === PAID),
    ({ uid }) => owners.get(uid) ?? 0,
  );
  const spent = groupBy(bills, ({ characterId }) => characterId);
  const [unpaid, unbilled]: [string[], string[]] = [[], []];
  for (const { id, entries } of characters) {
    const own = lines.get(id) ?? [];
    if (entries > 0 && !own.some(({ entry }) => entry === 1)) continue;
    const gold = own.filter(({ what }) => what === 'gold');
    const came = gold.filter(({ reason }) => reason === 'recharge').map(({ amount }) => amount);
    const paid = (payments.get(id) ?? []).map(({ zuan }) => zuan);
    if (textOf(came) !== textOf(paid)) unpaid.push(`character ${id} has paid for ${textOf(paid)} and was given ${textOf(came)}`);
    const went = gold.flatMap(({ amount }) => (amount < 0 ? [-amount] : []));
    const billed = (spent.get(id) ?? []).map(({ spendGold }) => spendGold);
    if (textOf(went) !== textOf(billed)) unbilled.push(`character ${id} has spent ${textOf(went)}, and its bills are ${textOf(billed)}`);
  }
  return [
    { name: 'each payment has brought its gold once', seen: `${recharges.length} payments`, wrong: unpaid },
    { name: 'all gold that was spent is in a bill', seen: `${bills.length} bills`, wrong: unbilled },
  ];
}

/** Amounts, in no order. */
function textOf(amounts: readonly number[]): string {
  return amounts.length === 0 ? 'nothing' : amounts.toSorted((one, other) => one - other).join(' + ');
}
