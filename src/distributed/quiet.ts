/** What a node answers to know that it has read everything before: calls and notifications of a link are dispatched in the order sent. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from '../services/service';
import type { Link } from '../wire/link';

const ECHO = 'firefly.link.echo';
const POLL_MS = 5;

/** Lets the other side of a link find out that all it sent was read. */
export function answerEcho(internal: Service): void {
  internal.mapTarget(() => true, ECHO);
}

/**
 * Waits until the peer has read all that was sent to it, and has answered every call. The caller sees to it that nothing new is sent.
 *
 * @returns calls that still wait at the deadline; 0 when the link has ended
 */
export async function quiet(link: Link, deadlineMs: number): Promise<number> {
  const end = performance.now() + deadlineMs;
  // Whatever the answer is, also none: it is one of the calls that are counted below.
  link.call(ECHO, [], { timeoutMs: deadlineMs }).catch(() => {});
  while (link.isOpen && link.inFlight > 0 && performance.now() < end) await delay(POLL_MS);
  return link.isOpen ? link.inFlight : 0;
}
