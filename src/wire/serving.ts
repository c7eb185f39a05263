/**
 * What a link runs for its peer: calls and notifications, no more than a bound of them pending at a time.
 *
 * Handlers start in the order of arrival. A call above the bound is answered with QueueFull, a notification above it is dropped; both are
 * counted and, at the next report, in the log.
 */
import { QueueFull } from '../errors';
import type { Logger } from '../log/log';
import type { CallBatches } from '../metrics/callbatches';
import type { HandlerSlot } from '../metrics/handlers';
import type { LinkCounts } from './counts';
import type { LinkKey } from './request';

export interface ServingOptions {
  readonly peer: string;
  /** The limit `rpcInFlight`. */
  readonly bound: number;
  readonly log: Logger;
  readonly counts: LinkCounts;
  /** Counts what is under way for the node's reloads. */
  readonly calls?: CallBatches | undefined;
  readonly dispatch: (target: LinkKey, args: unknown[]) => unknown;
  readonly slotOf: (target: LinkKey) => HandlerSlot | undefined;
  /** Gets a call's result or error, in the turn of the call when its handler returned no promise. */
  readonly done: (id: number, target: LinkKey, value: unknown) => void;
  readonly failed: (id: number, error: unknown) => void;
}

export class Serving {
  readonly #options: ServingOptions;
  #underWay = 0;
  #refused = 0;
  #dropped = 0;
  /** When what is run now arrived; from `micros`. */
  #since = 0;
  readonly #slots = new Map<LinkKey, HandlerSlot>();

  constructor(options: ServingOptions) {
    this.#options = options;
  }

  /** What is run from here on arrived now. @param now from `micros` */
  arrived(now: number): void {
    this.#since = now;
  }

  call(id: number, target: LinkKey, args: unknown[]): void {
    const { peer, bound, calls, dispatch, done, failed } = this.#options;
    if (this.#isFull()) {
      this.#refused++;
      failed(id, new QueueFull(`calls of ${peer} under way`, bound));
      return;
    }
    const slot = this.#slots.get(target) ?? this.#slotOf(target);
    const since = this.#since;
    let result: unknown;
    let later: Promise<unknown> | undefined;
    try {
      result = dispatch(target, args);
      later = promiseOf(result);
    } catch (error) {
      if (slot) this.#since = slot.failed(since);
      failed(id, error);
      return;
    }
    if (!later) {
      // What comes next in these bytes did not wait for itself.
      if (slot) this.#since = slot.done(since);
      done(id, target, result);
      return;
    }
    this.#underWay++;
    const batch = calls?.begin(target);
    later.then(
      (value) => {
        this.#underWay--;
        slot?.done(since);
        batch?.end();
        done(id, target, value);
      },
      (error: unknown) => {
        this.#underWay--;
        slot?.failed(since);
        batch?.end();
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
    const slot = this.#slots.get(target) ?? this.#slotOf(target);
    const since = this.#since;
    const failed = (error: unknown) => {
      slot?.failed(since);
      this.#log(target, error);
    };
    try {
      const later = promiseOf(this.#options.dispatch(target, args));
      if (!later) {
        if (slot) this.#since = slot.done(since);
        return;
      }
      this.#underWay++;
      const batch = this.#options.calls?.begin(target);
      const ended = () => {
        this.#underWay--;
        batch?.end();
      };
      later.then(() => slot?.done(since), failed).finally(ended);
    } catch (error) {
      failed(error);
    }
  }

  /** Handlers that have not ended. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Logs what was refused and dropped since the last time. */
  report(): void {
    const { log, peer, bound } = this.#options;
    const why = `${bound} handlers are under way (limit rpcInFlight); look for one that never ends`;
    if (this.#refused > 0) log.warn({ event: 'refused', peer, refused: this.#refused }, `calls of ${peer} refused: ${why}`);
    if (this.#dropped > 0) log.warn({ event: 'dropped', peer, dropped: this.#dropped }, `notifications of ${peer} dropped: ${why}`);
    this.#refused = 0;
    this.#dropped = 0;
  }

  #slotOf(target: LinkKey): HandlerSlot | undefined {
    const slot = this.#options.slotOf(target);
    // Targets without a handler of their own share a slot; a peer may name any number of them.
    if (slot?.name === String(target)) this.#slots.set(target, slot);
    return slot;
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

/**
 * What a handler will come to, when its result is a promise or anything else with a `then`.
 *
 * A thenable of the game's own may throw or settle twice; a promise made of it does neither.
 */
function promiseOf(result: unknown): Promise<unknown> | undefined {
  return typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function' ? Promise.resolve(result) : undefined;
}
