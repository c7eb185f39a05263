/**
 * Old code on its way out: the calls that began on it end on it, then its timers end and its hooks run.
 *
 * Generations end one after the other, oldest first, and none waits longer for its calls than a deadline.
 */
import type { Logger } from '../log/log';
import type { CallBatch } from '../metrics/callbatches';
import type { Generation } from './generation';

export class Retired {
  readonly #log: Logger;
  readonly #callsMs: number;
  /** Those that have not ended. */
  #count = 0;
  #last: Promise<void> = Promise.resolve();
  /** Each ends the wait for the calls of one. */
  readonly #waits = new Set<() => void>();

  /** @param callsMs how long the calls of a generation may keep it */
  constructor(log: Logger, callsMs: number) {
    this.#log = log;
    this.#callsMs = callsMs;
  }

  /** Ends a generation: in this turn when none of its calls is under way. */
  add(generation: Generation, calls: CallBatch): void {
    if (this.#count === 0 && calls.size === 0) {
      void this.#end(generation);
      return;
    }
    this.#count++;
    const before = this.#last;
    const ended = this.#whenEnded(calls);
    this.#last = (async () => {
      await Promise.all([before, ended]);
      await this.#end(generation);
      this.#count--;
    })();
  }

  /** Ends all of them now. Settles when their hooks have run. */
  async close(): Promise<void> {
    for (const end of [...this.#waits]) end();
    await this.#last;
  }

  #whenEnded(calls: CallBatch): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waits.delete(end);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#log.warn(
          { calls: calls.size },
          `calls of the old code under way ${this.#callsMs} ms after the reload: ${calls.size}; its timers end now (limit rpcDeadlineMs)`,
        );
        end();
      }, this.#callsMs);
      this.#waits.add(end);
      void calls.none().then(end);
    });
  }

  async #end(generation: Generation): Promise<void> {
    for (const error of await generation.end()) this.#log.error({ error }, 'an onUnload hook failed');
  }
}
