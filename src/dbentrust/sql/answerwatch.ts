/**
 * Tells that a database has stopped answering, long before the deadline of a statement has passed: one line when it begins, one when it answers again.
 *
 * Looks at the store as a whole: a slow statement is none of its business while others are answered.
 */
import { StoreDown } from '../../errors';
import type { Logger } from '../../log/log';

const QUIET_MS = 5_000;

export class AnswerWatch {
  readonly #name: string;
  readonly #log: Logger;
  readonly #quietMs: number;
  #waiting = 0;
  /** When it last answered, or was asked after a time without questions. */
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #told = false;

  /** @param name of the database, as errors call it */
  constructor(name: string, log: Logger, quietMs = QUIET_MS) {
    this.#name = name;
    this.#log = log;
    this.#quietMs = quietMs;
  }

  /** What it settles with, unchanged. A StoreDown is no answer, anything else is. */
  async watch<T>(answer: Promise<T>): Promise<T> {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#begin();
    try {
      const value = await answer;
      this.#answered();
      return value;
    } catch (error) {
      if (!(error instanceof StoreDown)) this.#answered();
      throw error;
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#pause();
    }
  }

  #begin(): void {
    if (this.#told) return; // the outage goes on, and was told
    this.#since = performance.now();
    this.#look(this.#quietMs);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #answered(): void {
    const quiet = performance.now() - this.#since;
    this.#since += quiet;
    if (!this.#told) return;
    this.#told = false;
    const seconds = Math.round(quiet / 1_000);
    this.#log.info({ event: 'database answers', seconds }, `${this.#name} answers again, after ${seconds} s`);
    this.#look(this.#quietMs);
  }

  /** One timer, however many statements: when it fires, it looks how long it has been quiet. */
  #look(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const quiet = performance.now() - this.#since;
      if (quiet < this.#quietMs) return this.#look(this.#quietMs - quiet);
      this.#told = true;
      this.#log.warn(
        { event: 'database quiet', waiting: this.#waiting },
        `${this.#name} has not answered for ${Math.round(quiet / 1_000)} s: it hangs, waits for a lock, or has a long statement to run; whoever needs it waits`,
      );
    }, ms).unref();
  }
}
