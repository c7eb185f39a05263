/**
 * Old code on its way out: the calls that began on it end on it, then its timers end and its hooks run.
 *
 * Generations end one after the other, oldest first, and none waits longer for its calls, nor for the hooks of the one before, than a deadline.
 */
import type { Logger } from '../../log/log';
import type { CallBatch } from '../../metrics/callbatches';
import type { Generation } from './generation';

export class Retired {
  readonly #log: Logger;
  readonly #callsMs: number;
  /** Those that have not ended and whose calls were waited for. */
  #count = 0;
  #last: Promise<void> = Promise.resolve();
  /** Each ends the wait for the calls of one. */
  readonly #waits = new Set<() => void>();

  /** @param callsMs how long the calls of a generation may keep it, and its hooks the next one */
  constructor(log: Logger, callsMs: number) {
    this.#log = log;
    this.#callsMs = callsMs;
  }

  /** Ends a generation: in this turn when none of its calls is under way. */
  add(generation: Generation, calls: CallBatch): void {
    const before = this.#last;
    if (this.#count === 0 && calls.size === 0) {
      const ended = this.#end(generation);
      // Nothing comes out of it: the outcome of all would hold that of all before.
      this.#last = Promise.all([before, ended]).then(() => {});
      return;
    }
    this.#count++;
    const ended = this.#whenEnded(calls);
    this.#last = (async () => {
      await Promise.all([before, ended]);
      await this.#end(generation);
      this.#count--;
    })();
  }

  /** Ends all of them now. Settles when their hooks have run, or had their time. */
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

  /** Its timers end in this turn. Never rejects. */
  #end(generation: Generation): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#log.warn(
          `an onUnload hook of the old code has not ended after ${this.#callsMs} ms and is not waited for (limit rpcDeadlineMs)`,
        );
        resolve();
      }, this.#callsMs);
      void generation.end().then((errors) => {
        clearTimeout(timer);
        for (const error of errors) this.#log.error({ error }, 'an onUnload hook failed');
        resolve();
      });
    });
  }
}
