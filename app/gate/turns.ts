/**
 * Answers of a connection leave in the order of its requests, also when one of them has the longer way: it waited in a queue, or was sent a second time.
 *
 * Only then is anything kept; as long as all have the same way they are in order by themselves.
 */
import { state } from 'firefly-ts';
import { inOrder, isBusy } from './online';

/** By connection: settles when every answer that may be late is there. */
const late = state('gate.late', () => new Map<number, Promise<unknown>>());

/** Runs `work` in the order of the connection. @returns its answer, behind those to earlier requests */
export function inTurn<Answer>(dynamicId: number, work: () => Promise<Answer>): Promise<Answer> {
  const before = late.get(dynamicId);
  if (!before && !isBusy(dynamicId)) return work();
  const answer = inOrder(dynamicId, work) as Promise<Answer>;
  comesLate(dynamicId, answer);
  return before ? before.then(() => answer) : answer;
}

/** Has the answers to later requests wait for this one. */
export function comesLate(dynamicId: number, answer: Promise<unknown>): void {
  const all = Promise.allSettled([late.get(dynamicId), answer]).then(() => {
    if (late.get(dynamicId) === all) late.delete(dynamicId);
  });
  late.set(dynamicId, all);
}
