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
}

export class Serving {
  readonly #options: ServingOptions;
  #underWay = 0;
  #dropped = 0;

  constructor(options: ServingOptions) {
    this.#options = options;
  }

  /** Runs a call. `done` gets its result or `failed` its error, in this turn when it is no promise. */
  call(target: LinkKey, args: unknown[], done: (value: unknown) => void, failed: (error: unknown) => void): void {
    if (this.#isFull()) failed(new QueueFull(`calls of ${this.#options.peer} under way`, this.#options.bound));
    else this.#run(target, args, done, failed);
  }

  /** Runs a notification. Its error goes to the log. */
  notify(target: LinkKey, args: unknown[]): void {
    const { log, peer } = this.#options;
    const failed = (error: unknown) =>
      log.error({ event: 'notification', peer, target, error }, `notification ${target} of ${peer} failed`);
    if (this.#isFull()) this.#dropped++;
    else this.#run(target, args, nothing, failed);
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

  #run(target: LinkKey, args: unknown[], done: (value: unknown) => void, failed: (error: unknown) => void): void {
    let result: unknown;
    try {
      result = this.#options.dispatch(target, args);
    } catch (error) {
      failed(error);
      return;
    }
    if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function') this.#await(result, done, failed);
    else done(result);
  }

  #await(result: unknown, done: (value: unknown) => void, failed: (error: unknown) => void): void {
    this.#underWay++;
    Promise.resolve(result).then(
      (value) => {
        this.#underWay--;
        done(value);
      },
      (error) => {
        this.#underWay--;
        failed(error);
      },
    );
  }
}

function nothing(): void {}
