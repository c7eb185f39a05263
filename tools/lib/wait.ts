/** Waiting for conditions that nothing announces. */
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Asks again and again until the answer is truthy, and returns it.
 *
 * @param what for the error; a function is asked when the deadline has passed
 * @throws Error at the deadline, or what `condition` throws
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  what: string | (() => string),
  deadlineMs = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (performance.now() >= end) throw new Error(`within ${deadlineMs} ms there was no ${typeof what === 'string' ? what : what()}`);
    await delay(POLL_MS);
  }
}
