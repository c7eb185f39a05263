/** What a timer can be told: sums of limits may be more. */

/** Node's timers take no more; a longer one would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;
