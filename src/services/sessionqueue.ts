/**
 * Order within a session, freedom between sessions.
 *
 * An exclusive piece of work holds back what its session brings later; a step in order waits for such work and holds nothing back.
 */
import { QueueFull } from '../errors';
import { keepTrace } from '../log/trace';
import { isThenable } from '../thenable';

/** Messages of one session that may wait. A client has at most 64 in flight; the rest is room for pushes of other nodes. */
const WAITING = 256;

type Work = () => unknown;

/** One session with exclusive work under way. */
interface Line {
  /** Pieces of exclusive work that have not settled: more than one only when one started another in its own turn. */
  running: number;
  readonly waiting: { readonly work: Work; readonly exclusive: boolean }[];
}

export class SessionQueue {
  /** Sessions with exclusive work under way, and what waits behind it. */
  readonly #busy = new Map<unknown, Line>();

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
    const line = this.#busy.get(session);
    return line ? this.#enqueue(line, work, true) : this.#watch(session, work());
  }

  /**
   * Runs `work` when all earlier exclusive work of the session has ended. Later work does not wait for it to settle.
   *
   * @returns what `work` returns, at once when nothing is in the way
   * @throws QueueFull when too much of the session waits
   */
  inOrder(session: unknown, work: Work): unknown {
    const line = this.#busy.get(session);
    return line ? this.#enqueue(line, work, false) : work();
  }

  /** Whether work of the session would have to wait now. */
  isBusy(session: unknown): boolean {
    return this.#busy.has(session);
  }

  /** Sessions that have work under way. */
  get size(): number {
    return this.#busy.size;
  }

  /** Messages that wait behind earlier ones of their session. */
  get waiting(): number {
    let sum = 0;
    for (const { waiting } of this.#busy.values()) sum += waiting.length;
    return sum;
  }

  /** Holds the session until `result` settles, if it is a promise. */
  #watch(session: unknown, result: unknown): unknown {
    if (!isThenable(result)) return result;
    const line = this.#busy.get(session);
    if (line) line.running += 1;
    else this.#busy.set(session, { running: 1, waiting: [] });
    const settled = () => this.#settled(session);
    result.then(settled, settled);
    return result;
  }

  #enqueue(line: Line, work: Work, exclusive: boolean): Promise<unknown> {
    if (line.waiting.length >= this.bound) throw new QueueFull(`${this.name}: queue of one session`, this.bound);
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
      line.waiting.push({ work: keepTrace(settle), exclusive });
    });
  }

  #settled(session: unknown): void {
    const line = this.#busy.get(session);
    if (!line) return;
    line.running -= 1;
    // The session stays in the table while the line is worked off, so that what a piece of work brings in its own turn queues behind the rest.
    while (line.running === 0) {
      const entry = line.waiting.shift();
      if (!entry) {
        this.#busy.delete(session);
        return;
      }
      const result = entry.work();
      if (entry.exclusive) this.#watch(session, result);
    }
  }
}
