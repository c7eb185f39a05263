/** The bank's tables, and one transfer in the two ways a game writes one. */
import { MAdmin, transaction } from 'firefly-ts';
import type { Watch } from './watch';

export const accounts = new MAdmin('tb_account', 'id');
/** The database numbers them, so that a transfer made twice is two rows with one mark. */
export const transfers = new MAdmin('tb_transfer', 'id');

export interface Transfer {
  /** Drawn by the mover. */
  readonly mark: string;
  readonly source: number;
  readonly target: number;
  readonly amount: number;
}

/** How often an account was moved, as a transfer left it. */
export interface Moved {
  readonly account: number;
  readonly moves: number;
}

/** The source has less than the transfer takes. */
export class Poor extends Error {}

/** Decides on what it reads. @returns what it wrote */
export function moveByReading({ mark, source, target, amount }: Transfer, watch: Pick<Watch, 'account'>): Promise<Moved[]> {
  return transaction(async (t) => {
    const moved: Moved[] = [];
    for (const [account, by] of [
      [source, -amount],
      [target, amount],
    ] as const) {
      const { balance, moves } = await watch.account(account, () => t.get(accounts, account));
      if (balance + by < 0) throw new Poor(`account ${account} has ${balance}`);
      await t.update(accounts, account, { balance: balance + by, moves: moves + 1 });
      moved.push({ account, moves: moves + 1 });
    }
    await t.insert(transfers, { mark, source, target, amount });
    return moved;
  });
}

/** Reads nothing: made twice it would count twice. */
export async function moveByIncrement({ mark, source, target, amount }: Transfer): Promise<Moved[]> {
  await transaction(async (t) => {
    await t.increment(accounts, source, 'balance', -amount, { min: 0 });
    await t.increment(accounts, target, 'balance', amount);
    for (const account of [source, target]) await t.increment(accounts, account, 'moves', 1);
    await t.insert(transfers, { mark, source, target, amount });
  });
  return [];
}
