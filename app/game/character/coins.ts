/** Coins and gold. Pure. */

export const START_COINS = 10_000;
export const START_GOLD = 0;
/** One limit for both. */
export const MAX_COINS = 99_999_999;

/** The new amount, at most the limit; undefined when it would fall below zero. */
export function changedCoins(amount: number, by: number): number | undefined {
  const changed = amount + by;
  return changed < 0 ? undefined : Math.min(changed, MAX_COINS);
}
