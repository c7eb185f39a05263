/**
 * The steps of a node's stop within one deadline. A step may fail or hang; the next one comes all the same.
 *
 * What the game decides about gets three quarters of the time, together. The last quarter is kept for the framework's own steps, so that
 * a stop handler that never ends cannot keep the stores from being written.
 */
import type { Logger } from '../../log/log';

const OWN_SHARE = 0.25;

export class StopSteps {
  readonly #log: Logger;
  readonly #end: number;
  readonly #gameEnd: number;

  /** The time runs from here on. */
  constructor(shutdownMs: number, log: Logger) {
    this.#log = log;
    this.#end = performance.now() + shutdownMs;
    this.#gameEnd = this.#end - shutdownMs * OWN_SHARE;
  }

  /** A step that runs the game's code or waits for its clients. @param work gets the milliseconds it has */
  game(name: string, work: (ms: number) => unknown): Promise<void> {
    return this.#step(name, this.#gameEnd, work);
  }

  /** A step of the framework. */
  own(name: string, work: (ms: number) => unknown): Promise<void> {
    return this.#step(name, this.#end, work);
  }

  async #step(name: string, end: number, work: (ms: number) => unknown): Promise<void> {
    const ms = Math.max(0, Math.round(end - performance.now()));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<typeof LATE>((resolve) => {
      timer = setTimeout(() => resolve(LATE), ms);
    });
    try {
      if ((await Promise.race([work(ms), late])) === LATE) {
        this.#log.error(`stopping: ${name} did not end within ${ms} ms; going on without it`);
      }
    } catch (error) {
      this.#log.error({ error }, `stopping: ${name} failed; going on`);
    } finally {
      clearTimeout(timer);
    }
  }
}

const LATE = Symbol('late');
