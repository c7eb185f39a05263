/** What must be true at the end, whatever was killed: the database against the ledgers. */
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { ACCOUNTS, BALANCE } from './bank';
import type { Figures, Ledgers } from './books';

export interface Check {
  readonly name: string;
  /** What is wrong; nothing when it holds. */
  readonly wrong: readonly string[];
  /** What was compared. */
  readonly seen: string;
}

export const ALL_THERE = 'every acknowledged transfer is there';

interface Account {
  readonly balance: number;
  readonly moves: number;
}

export async function checkBank(store: SqlStore, ledgers: Ledgers): Promise<Check[]> {
  const accounts = await accountsIn(store);
  const transfers = (await store.query('SELECT mark, source, target, amount FROM tb_transfer')).rows;
  const times = new Map<string, number>();
  const expected = new Map<number, { balance: number; moves: number }>();
  for (let account = 1; account <= ACCOUNTS; account++) expected.set(account, { balance: BALANCE, moves: 0 });
  for (const { mark, source, target, amount } of transfers) {
    times.set(String(mark), (times.get(String(mark)) ?? 0) + 1);
    for (const [account, by] of [
      [Number(source), -Number(amount)],
      [Number(target), Number(amount)],
    ] as const) {
      const one = expected.get(account);
      if (one) Object.assign(one, { balance: one.balance + by, moves: one.moves + 1 });
    }
  }
  const sum = [...accounts.values()].reduce((total, { balance }) => total + balance, 0);
  const quarantined = (await store.query('SELECT COUNT(*) AS n FROM firefly_quarantine')).rows[0]?.n;
  return [
    holds('the sum is unchanged', `${sum}`, sum === ACCOUNTS * BALANCE ? [] : [`${sum} instead of ${ACCOUNTS * BALANCE}`]),
    holds(
      ALL_THERE,
      `${ledgers.acknowledged.size} acknowledged`,
      [...ledgers.acknowledged].filter((mark) => !times.has(mark)),
    ),
    holds(
      'no transfer is there twice',
      `${transfers.length} rows`,
      [...times].filter(([, n]) => n > 1).map(([mark, n]) => `${mark} ${n} times`),
    ),
    holds(
      'no refused transfer is there',
      `${ledgers.refused.size} refused`,
      [...ledgers.refused].filter(([mark]) => times.has(mark)).map(([mark, reason]) => `${mark} (${reason})`),
    ),
    holds(
      'no transfer is there that nobody made',
      `${ledgers.begun.size} begun`,
      [...times.keys()].filter((mark) => !ledgers.begun.has(mark)),
    ),
    holds(
      'each balance is the sum of its transfers',
      `${accounts.size} accounts`,
      [...expected].flatMap(([account, { balance, moves }]) => {
        const there = accounts.get(account);
        return there?.balance === balance && there.moves === moves
          ? []
          : [`account ${account}: ${JSON.stringify(there)}, and its transfers make ${JSON.stringify({ balance, moves })}`];
      }),
    ),
    holds('nothing lies in the quarantine', `${quarantined} rows`, Number(quarantined) === 0 ? [] : [`${quarantined} rows`]),
    holds('reads kept their promises', 'versions rise, own writes, others’ within a lease', ledgers.violations),
  ];
}

/** Of rows that readers asked for. What transfers read is counted as if all of it had come from memcached, so the true share is not lower. */
export function hitShare({ rowsRead, rowsDecidedOn, cached }: Figures): number {
  return rowsRead === 0 ? 0 : Math.max(0, cached - rowsDecidedOn) / rowsRead;
}

export function holds(name: string, seen: string, wrong: readonly string[]): Check {
  return { name, seen, wrong };
}

/** @returns the unknown transfers that turned out to be there */
export async function resolved(store: SqlStore, { unknown }: Ledgers): Promise<number> {
  const { rows } = await store.query('SELECT mark FROM tb_transfer');
  return rows.filter(({ mark }) => unknown.has(String(mark))).length;
}

async function accountsIn(store: SqlStore): Promise<Map<number, Account>> {
  const { rows } = await store.query('SELECT id, balance, moves FROM tb_account');
  return new Map(rows.map(({ id, balance, moves }) => [Number(id), { balance: Number(balance), moves: Number(moves) }]));
}
