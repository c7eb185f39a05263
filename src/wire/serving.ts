/**
 * What a link runs for its peer: calls and notifications, no more than a bound of them pending at a time.
 *
 * Handlers start in the order of arrival. A call above the bound is answered with QueueFull; a notification above it is dropped, counted and,
 * at the next report, in the log.
 */
import { QueueFull } from '../errors';
import type { Logger } from '../log/log';
import type { LinkCounts } from './counts';
import type { LinkKey } from './request';

export interface ServingOptions {
  readonly peer: string;
  /** The limit `rpcInFlight`. */
  readonly bound: number;
  readonly log: Logger;
  readonly counts: LinkCounts;
  readonly dispatch: (target: LinkKey, args: unknown[]) => unknown;
  /** Gets a call's result or error, in the turn of the call when its handler returned no promise. */
  readonly done: (id: number, target: LinkKey, value: unknown) => void;
  readonly failed: (id: number, error: unknown) => void;
}

export class Serving {
  readonly #options: ServingOptions;
  #underWay = 0;
  #dropped = 0;

  constructor(options: ServingOptions) {
    this.#options = options;
  }

  call(id: number, target: LinkKey, args: unknown[]): void {
    const { peer, bound, dispatch, done, failed } = this.#options;
    if (this.#isFull()) {
      failed(id, new QueueFull(`calls of ${peer} under way`, bound));
      return;
    }
    let result: unknown;
    try {
      result = dispatch(target, args);
    } catch (error) {
      failed(id, error);
      return;
    }
    if (!isPromise(result)) {
      done(id, target, result);
      return;
    }
    this.#underWay++;
    settled(result).then(
      (value) => {
        this.#underWay--;
        done(id, target, value);
      },
      (error: unknown) => {
        this.#underWay--;
        failed(id, error);
      },
    );
  }

  /** Runs a notification. Its error goes to the log. */
  notify(target: LinkKey, args: unknown[]): void {
    if (this.#isFull()) {
      this.#dropped++;
      return;
    }
    try {
      const result = this.#options.dispatch(target, args);
      if (!isPromise(result)) return;
      this.#underWay++;
      const ended = () => this.#underWay--;
      settled(result)
        .catch((error: unknown) => this.#log(target, error))
        .finally(ended);
    } catch (error) {
      this.#log(target, error);
    }
  }

  /** Logs how many notifications were dropped since the last time. */
  report(): void {
    if (this.#dropped === 0) return;
    const { log, peer, bound } = this.#options;
    log.warn({ event: 'dropped', peer, dropped: this.#dropped }, `notifications of ${peer} dropped: ${bound} handlers are under way`);
    this.#dropped = 0;
  }

  #isFull(): boolean {
    const full = this.#underWay >= this.#options.bound;
    if (full) this.#options.counts.refused++;
    else this.#options.counts.served++;
    return full;
  }

  #log(target: LinkKey, error: unknown): void {
    const { log, peer } = this.#options;
    log.error({ event: 'notification', peer, target, error }, `notification ${target} of ${peer} failed`);
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** A thenable of the game's own may throw or settle twice; a promise made of it does neither. */
function settled(result: PromiseLike<unknown>): Promise<unknown> {
  return result instanceof Promise ? result : Promise.resolve(result);
}
