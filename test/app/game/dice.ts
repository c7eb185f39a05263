/** Loaded dice. */
import type { Random } from '../../../app/game/random';

/** Every draw is the middle one: every blow lands unless its target dodges half of them, and none is critical. */
export const MID: Random = { between: (min, max) => Math.floor((min + max) / 2) };

/** Every draw is the lowest: ordinary attacks are always critical. */
export const MIN: Random = { between: (min) => min };

/** These draws, in this order; each must be one that could fall. */
export function rolls(...drawn: number[]): Random {
  return {
    between(min, max) {
      const next = drawn.shift();
      if (next === undefined || next < min || next > max) throw new Error(`drew ${next} from ${min} to ${max}`);
      return next;
    },
  };
}
