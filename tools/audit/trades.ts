/** Each trade whole: what is given and what is taken for it stand in one entry of the ledger. Pure. */
import type { LedgerLine } from '../../app/share/tables';
import type { Check } from './check';
import type { Estate } from './estate';
import { groupBy } from './group';

/** What a trade has changed, all its lines together. */
type Net = Readonly<Record<LedgerLine['what'], number>>;

/** By the ledger's word for it. What is not here belongs to somebody's own systems. */
const SHAPES: Readonly<Record<string, (net: Net) => boolean>> = {
  campaign: ({ coin, gold, item, pet }) => coin >= 0 && gold === 0 && (item === 0 || item === 1) && pet === 0,
  use: (net) => is(net, { item: -1, pet: 1 }),
  compound: ({ coin, gold, item, pet }) => coin < 0 && gold === 0 && ((item === -4 && pet === 1) || (item === -3 && pet === 0)),
  feedItem: (net) => is(net, { item: -1 }),
  swallow: (net) => is(net, { pet: -1 }),
  feedPet: ({ pet, ...rest }) => pet < 0 && is({ ...rest, pet: 0 }, {}),
  petShop: ({ coin, gold, item, pet }) => item === 0 && (pet === 1 ? coin < 0 && gold === 0 : pet === 0 && coin === 0 && gold < 0),
  petTraining: ({ coin, gold, item, pet }) => item < 0 && pet === 0 && coin <= 0 && gold <= 0 && (coin === 0) !== (gold === 0),
  arena: ({ coin, gold, item, pet }) => item === 0 && pet === 0 && (coin > 0 ? gold === 0 : coin === 0 && gold < 0),
  arenaReward: ({ coin, ...rest }) => coin > 0 && is({ ...rest, coin: 0 }, {}),
  hire: ({ coin, ...rest }) => coin < 0 && is({ ...rest, coin: 0 }, {}),
  hired: ({ coin, ...rest }) => coin > 0 && is({ ...rest, coin: 0 }, {}),
  recharge: ({ gold, ...rest }) => gold > 0 && is({ ...rest, gold: 0 }, {}),
  operator: (net) => Object.values(net).every((amount) => amount >= 0) && Object.values(net).filter((amount) => amount > 0).length === 1,
};

/** Lines of another reason are another trade, also in one entry. */
export function checkTrades({ ledger }: Pick<Estate, 'ledger'>): Check[] {
  const trades = groupBy(ledger, ({ characterId, entry, reason }) => `character ${characterId}, entry ${entry} (${reason})`);
  const wrong: string[] = [];
  for (const [name, lines] of trades) {
    const net = netOf(lines);
    const isWhole = SHAPES[lines[0]?.reason ?? '']?.(net) ?? true;
    if (!isWhole) wrong.push(`${name} has changed ${textOf(net)}`);
  }
  return [{ name: 'each trade is whole', seen: `${trades.size} trades`, wrong }];
}

function netOf(lines: readonly LedgerLine[]): Net {
  const net = { coin: 0, gold: 0, item: 0, pet: 0 };
  for (const { what, amount } of lines) net[what] += amount;
  return net;
}

function is(net: Net, expected: Partial<Net>): boolean {
  return Object.entries(net).every(([what, amount]) => amount === (expected[what as keyof Net] ?? 0));
}

function textOf(net: Net): string {
  return Object.entries(net)
    .map(([what, amount]) => `${what} ${amount}`)
    .join(', ');
}
