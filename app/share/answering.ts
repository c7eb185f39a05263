/**
 * The edge of every handler that a client can reach: whatever happens inside, the client gets an answer.
 *
 * A refusal becomes its text, trouble with another node or a store becomes "try again", anything else is logged with its stack.
 */
import { Conflict, Deadline, JournalFull, LeaseHeld, PeerDown, QueueFull, RemoteError, StoreDown, state } from 'firefly-ts';
import { gameLog, text } from './game';
import { Refused } from './refused';
import { encodeReply, type Reply, refusal } from './reply';

/** Codes of errors that another process threw and that pass by themselves. */
const PASSING = new Set(['FF_PEER_DOWN', 'FF_DEADLINE', 'FF_STORE_DOWN', 'FF_MEM_DOWN']);

/** Runs a handler and gives its answer as text, at once when the handler is not asynchronous. */
export function answering(command: number, work: () => Reply | Promise<Reply>): string | Promise<string> {
  const failed = (error: unknown) => refusalOf(error, command);
  try {
    const reply = work();
    return reply instanceof Promise ? reply.then(encodeReply, failed) : encodeReply(reply);
  } catch (error) {
    return failed(error);
  }
}

/** The answer to a request that has failed, as text. */
export function refusalOf(error: unknown, command: number): string {
  return encodeReply(refusal(command, messageOf(error, command)));
}

/** What to tell a client about an error; logs it when it is the server's. */
function messageOf(error: unknown, command: number): string {
  if (error instanceof Refused) return text(error.key, error.detail);
  if (error instanceof QueueFull || error instanceof JournalFull || error instanceof Conflict) return text('busy');
  const passing = error instanceof PeerDown || error instanceof Deadline || error instanceof StoreDown || error instanceof LeaseHeld;
  if (passing || (error instanceof RemoteError && PASSING.has(error.remoteCode ?? ''))) {
    logPassing(command, error);
    return text('unavailable');
  }
  gameLog()?.error({ command, error }, 'a request failed');
  return text('failed');
}

const quiet = state('answering.passing', () => ({ until: 0, unlogged: 0 }));

/** While a node is away every request of every client comes here: one line a second, with how many came beside it. */
function logPassing(command: number, error: unknown): void {
  const now = performance.now();
  if (now < quiet.until) {
    quiet.unlogged += 1;
    return;
  }
  const { unlogged } = quiet;
  Object.assign(quiet, { until: now + 1_000, unlogged: 0 });
  gameLog()?.warn({ command, error: String(error), ...(unlogged > 0 ? { unlogged } : {}) }, 'a request was answered with "try again"');
}
