/** What the arena sells and gives beside fights: more fights, shorter waits, a reward a day. Pure. */

/** Seconds to wait after a fight. */
export const COOLDOWN_S = 600;

/** Coins for the ranks 1 to 10, once a day. */
const REWARDS_OF_THE_BEST = [600_000, 480_000, 430_000, 380_000, 330_000, 280_000, 230_000, 180_000, 130_000, 100_000];
const LAST_GRADED_RANK = 120;
const REWARD_OF_THE_REST = 10_000;

export function dailyReward(rank: number): number {
  const best = REWARDS_OF_THE_BEST[rank - 1];
  if (best !== undefined) return best;
  return rank <= LAST_GRADED_RANK ? 100_000 - 2_000 * Math.floor(rank / 10) - 500 * rank : REWARD_OF_THE_REST;
}

/** Seconds until the next fight; both times in Unix seconds. */
export function cooldownLeft(lastFight: number, now: number): number {
  return Math.min(Math.max(lastFight + COOLDOWN_S - now, 0), COOLDOWN_S);
}

/** Gold that ends a wait: one for each minute begun. */
export function priceOfHurry(secondsLeft: number): number {
  return Math.ceil(secondsLeft / 60);
}

/** Gold for one more fight. @param bought fights bought today */
export function priceOfFight(bought: number): number {
  return (bought + 1) * 10;
}
