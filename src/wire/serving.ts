/**
 * What a link runs for its peer: calls and notifications, no more than a bound of them pending at a time.
 *
 * Handlers start in the order of arrival. A call above the bound is answered with QueueFull, a notification above it is dropped; both are
 * counted and, at the next report, in the log.
 */
import { QueueFull } from '../errors';
import type { Logger } from '../log/log';
import type { TraceContext, Tracing } from '../log/trace';
import type { CallBatches } from '../metrics/callbatches';
import type { TurnClock } from '../metrics/clock';
import type { HandlerSlot } from '../metrics/handlers';
import { Timing } from '../metrics/timing';
import { isThenable } from '../thenable';
import type { LinkCounts } from './counts';
import type { LinkKey } from './request';
import { ThrowLog } from './throwlog';

const TRACE_ID = /^[\da-f]{32}$/;
const SPAN_ID = /^[\da-f]{16}$/;

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
  readonly tracing?: Tracing | undefined;
  readonly clock: TurnClock;
  /** Gets a call's result or error, in the turn of the call when its handler returned no promise. */
  readonly done: (id: number, target: LinkKey, value: unknown) => void;
  readonly failed: (id: number, error: unknown) => void;
}

export class Serving {
  readonly #options: ServingOptions;
  #underWay = 0;
  #refused = 0;
  #dropped = 0;
  readonly #timing: Timing;
  /** What the peer said of its next call. */
  #traced: (TraceContext & { readonly id: unknown }) | undefined;
  readonly #slots = new Map<LinkKey, HandlerSlot>();
  readonly #thrown: ThrowLog;

  constructor(options: ServingOptions) {
    this.#options = options;
    this.#thrown = new ThrowLog(options.log, options.peer);
    this.#timing = new Timing(options.clock);
  }

  /** Bytes have come, and what they bring is run from here on. */
  begin(): void {
    this.#timing.begin();
  }

  /** All that they brought has been run. */
  end(): void {
    this.#timing.end();
  }

  /** The call that follows belongs to a traced request. @param args what came: the peer may say anything */
  traced([trace, span, id]: readonly unknown[]): void {
    if (typeof trace === 'string' && TRACE_ID.test(trace) && typeof span === 'string' && SPAN_ID.test(span))
      this.#traced = { trace, span, id };
  }

  call(id: number, target: LinkKey, args: unknown[]): void {
    const { peer, bound, calls, dispatch, done, failed } = this.#options;
    if (this.#isFull()) {
      this.#refused++;
      failed(id, new QueueFull(`calls of ${peer} under way`, bound));
      return;
    }
    const slot = this.#slots.get(target) ?? this.#slotOf(target);
    const timing = this.#timing;
    let result: unknown;
    let later: Promise<unknown> | undefined;
    try {
      result = this.#traced ? this.#follow(id, target, args) : dispatch(target, args);
      later = promiseOf(result);
    } catch (error) {
      timing.threw(slot);
      this.#thrown.call(target, slot, error);
      failed(id, error);
      return;
    }
    if (!later) {
      timing.ran(slot);
      done(id, target, result);
      return;
    }
    const since = timing.now();
    this.#underWay++;
    const batch = calls?.begin(target);
    later.then(
      (value) => {
        this.#underWay--;
        timing.ended(slot, since);
        batch?.end();
        done(id, target, value);
      },
      (error: unknown) => {
        this.#underWay--;
        timing.rejected(slot, since);
        batch?.end();
        this.#thrown.call(target, slot, error);
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
    const timing = this.#timing;
    const { calls, dispatch } = this.#options;
    let later: Promise<unknown> | undefined;
    try {
      later = promiseOf(this.#traced ? this.#follow(undefined, target, args) : dispatch(target, args));
    } catch (error) {
      timing.threw(slot);
      this.#thrown.notification(target, slot, error);
      return;
    }
    if (!later) {
      timing.ran(slot);
      return;
    }
    const since = timing.now();
    this.#underWay++;
    const batch = calls?.begin(target);
    later.then(
      () => {
        this.#underWay--;
        timing.ended(slot, since);
        batch?.end();
      },
      (error: unknown) => {
        this.#underWay--;
        timing.rejected(slot, since);
        batch?.end();
        this.#thrown.notification(target, slot, error);
      },
    );
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
    this.#thrown.report();
  }

  #follow(id: number | undefined, target: LinkKey, args: unknown[]): unknown {
    const { tracing, dispatch } = this.#options;
    const traced = this.#traced;
    this.#traced = undefined;
    // The call that was meant may not have been sent in the end.
    if (!traced || !tracing || traced.id !== id) return dispatch(target, args);
    return tracing.served(String(target), traced, () => this.#thrown.follow(traced.trace, () => dispatch(target, args)));
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
}

/**
 * What a handler will come to, when its result is a promise or anything else with a `then`.
 *
 * A thenable of the game's own may throw or settle twice; a promise made of it does neither.
 */
function promiseOf(result: unknown): Promise<unknown> | undefined {
  return isThenable(result) ? Promise.resolve(result) : undefined;
}
