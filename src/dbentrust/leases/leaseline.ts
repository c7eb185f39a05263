/** Who waits for which lease, in the order of arrival. Bounded, and everybody has a deadline. */
import { QueueFull } from '../../errors';
import type { LeaseAnswer } from './leaseport';

/** Grants that may wait. */
const MOST_WAITING = 10_000;
/** Longest wait; a caller's own deadline is shorter. */
const MOST_WAIT_MS = 600_000;

/** A node's time with the book. It is renewed as a whole, and ends with all it holds. */
export interface LeaseSession {
  readonly node: string;
  readonly id: string;
  renewedAt: number;
  readonly names: Set<string>;
}

export interface Waiter {
  readonly session: LeaseSession;
  /** Whether the holder is to be asked. */
  readonly ask: boolean;
  /** Settles its wait, and takes it out of the line. */
  answer(answer: LeaseAnswer): void;
}

export class LeaseLine {
  readonly #waiting = new Map<string, Waiter[]>();
  #size = 0;

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Names that somebody waits for. */
  names(): string[] {
    return [...this.#waiting.keys()];
  }

  /** Who waits for a name, longest first. */
  of(name: string): readonly Waiter[] {
    return this.#waiting.get(name) ?? [];
  }

  /**
   * Waits at the end of the line.
   *
   * @param late makes the answer when the time is over
   * @param joined gets the waiter when it is in the line
   * @throws QueueFull
   */
  wait(
    name: string,
    { session, ask, waitMs }: Pick<Waiter, 'session' | 'ask'> & { waitMs: number },
    late: () => LeaseAnswer,
    joined: (waiter: Waiter) => void,
  ): Promise<LeaseAnswer> {
    if (this.#size >= MOST_WAITING) throw new QueueFull('nodes that wait for leases', MOST_WAITING);
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiter.answer(late()), Math.min(waitMs, MOST_WAIT_MS));
      const answer = (given: LeaseAnswer) => {
        clearTimeout(timer);
        this.drop(name, waiter);
        resolve(given);
      };
      const waiter: Waiter = { session, ask, answer };
      this.#size += 1;
      this.#waiting.set(name, [...this.of(name), waiter]);
      joined(waiter);
    });
  }

  /** Takes a waiter out of the line; its wait goes on until it is answered. */
  drop(name: string, waiter: Waiter): void {
    const waiters = this.of(name);
    if (!waiters.includes(waiter)) return;
    this.#size -= 1;
    const left = waiters.filter((other) => other !== waiter);
    if (left.length > 0) this.#waiting.set(name, left);
    else this.#waiting.delete(name);
  }

  /** Sends away whom `who` means: nobody would hear the answer. */
  refuse(who: (session: LeaseSession) => boolean): void {
    for (const name of this.names()) for (const waiter of this.of(name)) if (who(waiter.session)) waiter.answer({ heldBy: null });
  }
}
