/**
 * Order within a session, freedom between sessions.
 *
 * An exclusive piece of work holds back what its session brings later; a step in order waits for such work and holds nothing back.
 */
import { QueueFull } from '../errors';

/** Messages of one session that may wait. A client has at most 64 in flight; the rest is room for pushes of other nodes. */
const WAITING = 256;

type Work = () => unknown;

export class SessionQueue {
  /** Sessions with exclusive work under way, and what waits behind it. */
  readonly #busy = new Map<unknown, { work: Work; exclusive: boolean }[]>();

  constructor(
    readonly name: string,
    readonly bound: number = WAITING,
  ) {}

  /**
   * Runs `work` when all earlier work of the session has ended, and holds back later work until it settles.
   *
   * @returns what `work` returns, at once when nothing is in the way
   * @throws QueueFull when too much of the session waits
   */
  exclusive(session: unknown, work: Work): unknown {
    const waiting = this.#busy.get(session);
    if (waiting) return this.#enqueue(waiting, work, true);
    return this.#hold(session, work);
  }

  /**
   * Runs `work` when all earlier exclusive work of the session has ended. Later work does not wait for it to settle.
   *
   * @returns what `work` returns, at once when nothing is in the way
   * @throws QueueFull when too much of the session waits
   */
  inOrder(session: unknown, work: Work): unknown {
    const waiting = this.#busy.get(session);
    return waiting ? this.#enqueue(waiting, work, false) : work();
  }

  /** Sessions that have work under way. */
  get size(): number {
    return this.#busy.size;
  }

  #hold(session: unknown, work: Work): unknown {
    const result = work();
    if (!isPromise(result)) return result;
    this.#busy.set(session, []);
    const next = () => this.#next(session);
    result.then(next, next);
    return result;
  }

  #enqueue(waiting: { work: Work; exclusive: boolean }[], work: Work, exclusive: boolean): Promise<unknown> {
    if (waiting.length >= this.bound) throw new QueueFull(`${this.name}: queue of one session`, this.bound);
    return new Promise((resolve, reject) => {
      const settle = () => {
        try {
          const result = work();
          resolve(result);
          return result;
        } catch (error) {
          reject(error);
          return undefined;
        }
      };
      waiting.push({ work: settle, exclusive });
    });
  }

  #next(session: unknown): void {
    const waiting = this.#busy.get(session) ?? [];
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      const result = entry.work();
      if (!entry.exclusive || !isPromise(result)) continue;
      const next = () => this.#next(session);
      result.then(next, next);
      return;
    }
    this.#busy.delete(session);
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
