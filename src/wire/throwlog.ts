/**
 * Says what a handler of this node threw, with the line of the game that threw it: who called it is told as well, but knows this node's source less.
 *
 * An error of the framework's own is no handler's mistake, or came from another node, which has said it: whoever called decides what it means.
 */
import { FireflyError } from '../errors';
import { LineBudget } from '../log/budget';
import type { Logger } from '../log/log';
import type { HandlerSlot } from '../metrics/handlers';
import { describePlace, placeIn } from '../place';
import { isThenable } from '../thenable';
import { messageOf } from '../thrown';
import type { LinkKey } from './request';

/** Of one link; the rest is counted. */
const LINES_A_SECOND = 20;

export class ThrowLog {
  readonly #log: Logger;
  readonly #peer: string;
  readonly #lines = new LineBudget(LINES_A_SECOND);
  /** Of what followed requests threw: beside the errors, so that calls that nobody follows carry nothing. */
  readonly #traces = new WeakMap<object, string>();

  /** @param peer who calls */
  constructor(log: Logger, peer: string) {
    this.#log = log;
    this.#peer = peer;
  }

  /** Runs a handler of a followed request. */
  follow(trace: string, work: () => unknown): unknown {
    const note = (error: unknown) => {
      if (typeof error === 'object' && error !== null) this.#traces.set(error, trace);
    };
    try {
      const result = work();
      const later = isThenable(result) ? Promise.resolve(result) : undefined;
      later?.then(undefined, note);
      return later ?? result;
    } catch (error) {
      note(error);
      throw error;
    }
  }

  call(target: LinkKey, slot: HandlerSlot | undefined, error: unknown): void {
    const handler = slot ? `handler ${target} of ${slot.service}` : `handler ${target}`;
    if (isOurs(error)) return;
    this.#tell('handler', target, slot, error, (place) => `${handler} failed${place ? ` at ${place}` : ''}: ${messageOf(error)}`);
  }

  /** Nobody else is told, so whatever it was is said. */
  notification(target: LinkKey, slot: HandlerSlot | undefined, error: unknown): void {
    this.#tell('notification', target, slot, error, () => `notification ${target} of ${this.#peer} failed`);
  }

  /** Says how many lines were left out. */
  report(): void {
    const count = this.#lines.takeRefused();
    if (count === 0) return;
    const what = `${count} more handlers that ${this.#peer} called failed within a second; only the first ${LINES_A_SECOND} are logged`;
    this.#log.error({ event: 'handler', peer: this.#peer, count }, what);
  }

  #tell(event: string, target: LinkKey, slot: HandlerSlot | undefined, error: unknown, what: (place: string | undefined) => string): void {
    if (!this.#lines.allows()) return;
    const trace = this.#traces.get(error as object);
    const fields = { event, peer: this.#peer, ...(slot && { service: slot.service }), target, ...(trace && { trace }) };
    try {
      const at = placeOf(error);
      this.#log.error({ ...fields, ...(at && { at }), error }, what(at));
    } catch {
      // Games throw anything, also what throws itself when it is looked at; whoever called gets an answer all the same.
      this.#log.error(fields, `${event} ${target} of ${this.#peer} failed; what it threw cannot be read`);
    }
  }
}

function isOurs(error: unknown): boolean {
  try {
    return error instanceof FireflyError;
  } catch {
    return false;
  }
}

/** Nothing for what is no error, or has no line of the game in its stack. */
function placeOf(error: unknown): string | undefined {
  const { stack } = error instanceof Error ? error : {};
  const place = typeof stack === 'string' ? placeIn(stack) : undefined;
  return place && describePlace(place);
}
