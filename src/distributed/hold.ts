/**
 * Calls and notifications to a peer that is about to be restarted: kept in order, and sent when it is back.
 *
 * Bounded in number and bytes. A call that has waited `holdMs` ends, surely not executed; a patient one at its own deadline; a notification waits as long as the
 * hold lasts. A time in which this process stood still does not count: whoever ends the hold may have said so meanwhile.
 */
import type { Limits } from '../config/config';
import { MAX_TIMER_MS } from '../config/timers';
import { PeerDown, QueueFull, TooLarge } from '../errors';
import type { Logger } from '../log/log';
import { currentTrace, resumeTrace, type TraceContext } from '../log/trace';
import type { CallOptions, Link, LinkKey } from '../wire/link';
import type { Settle } from '../wire/pending';
import { pack, unpack } from '../wire/values';
import { LivedTime } from './livedtime';

export type HoldLimits = Pick<Limits, 'holdMs' | 'heldCalls' | 'heldBytes' | 'rpcDeadlineMs' | 'rpcFrameBytes'>;

export interface HoldOptions {
  /** Whom the calls are for. */
  readonly peer: string;
  readonly limits: HoldLimits;
  readonly log: Logger;
  /** The longest that it lasts: whoever asked for it may be gone before it says that it is over. */
  readonly lifeMs: number;
  /** Told once, when that time has passed: releases it. */
  readonly over: () => void;
}

/** What became of what was held. */
export interface HoldOutcome {
  readonly sent: number;
  /** Ended without being sent. */
  readonly ended: number;
}

interface Held {
  readonly target: LinkKey;
  /** As they were when the call was made: the caller may change them while it waits. */
  readonly args: Buffer;
  readonly since: number;
  /** When its wait is over; never for a notification. */
  readonly until: number;
  readonly timeoutMs: number;
  /** Of a call; a notification has none. */
  readonly settle: Settle | undefined;
  /** As `CallOptions.patient`. */
  readonly patient: number | undefined;
  /** Of the request that it belongs to. */
  readonly trace: TraceContext | undefined;
}

/** How late a call may end. */
const SWEEP_MS = 50;

export class Hold {
  readonly #options: HoldOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #time = new LivedTime();
  #life: NodeJS.Timeout;
  /** What was held was taken: whoever kept the hold has nobody to give to. */
  #isOver = false;
  #queue: Held[] = [];
  #bytes = 0;
  #ended = 0;
  #refused = 0;
  /** The highest number of a patient call that waits. */
  #newest = 0;

  constructor(options: HoldOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#life = setTimeout(options.over, Math.min(options.lifeMs, MAX_TIMER_MS));
  }

  /** Another restart begins, while this one's calls may wait still: it has its own time, and counts for itself. */
  renew(lifeMs: number): void {
    clearTimeout(this.#life);
    this.#life = setTimeout(this.#options.over, Math.min(lifeMs, MAX_TIMER_MS));
    this.#ended = 0;
  }

  /** Calls and notifications that wait. */
  get size(): number {
    return this.#queue.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** As `Link.call`; rejects with PeerDown, not executed, when the peer does not come back in time. */
  call(target: LinkKey, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    const { limits } = this.#options;
    const timeoutMs = options?.timeoutMs ?? limits.rpcDeadlineMs;
    return new Promise((resolve, reject) => this.#keep(target, args, timeoutMs, { resolve, reject }, options?.patient));
  }

  /** As `Link.notify`. @throws QueueFull, TooLarge, PeerDown */
  notify(target: LinkKey, args: readonly unknown[]): void {
    this.#keep(target, args, Number.POSITIVE_INFINITY, undefined);
  }

  /** Ends the hold: sends all that waits, in order and in this turn. Without a link it is rejected. */
  release(link: Pick<Link, 'callLater' | 'notify'> | undefined): HoldOutcome {
    const queue = this.#take();
    if (!link) return this.#reject(queue);
    for (const held of queue) resumeTrace(held.trace, () => this.#send(link, held));
    this.#tellRefused();
    return { sent: queue.length, ended: this.#ended };
  }

  #keep(target: LinkKey, args: readonly unknown[], timeoutMs: number, settle: Held['settle'], patient?: number): void {
    const { peer, limits } = this.#options;
    if (this.#isOver) throw new PeerDown(peer, false);
    const packed = pack(args);
    if (packed.length > limits.rpcFrameBytes) throw new TooLarge(`call of ${target} at ${peer}`, packed.length, limits.rpcFrameBytes);
    if (this.#queue.length >= limits.heldCalls) this.#refuse('calls', limits.heldCalls);
    if (this.#bytes + packed.length > limits.heldBytes) this.#refuse('bytes of calls', limits.heldBytes);
    const since = this.#time.now();
    const until = patient === undefined && settle ? since + Math.min(limits.holdMs, timeoutMs) : since + timeoutMs;
    this.#enqueue({ target, args: packed, since, until, timeoutMs, settle, patient, trace: currentTrace() });
    this.#bytes += packed.length;
  }

  /** A patient call that is sent again was made before those that are held already. */
  #enqueue(held: Held): void {
    const { patient = 0 } = held;
    const place = patient > 0 && patient < this.#newest ? this.#queue.findIndex((other) => (other.patient ?? 0) > patient) : -1;
    if (place < 0) this.#queue.push(held);
    else this.#queue.splice(place, 0, held);
    this.#newest = Math.max(this.#newest, patient);
  }

  #refuse(what: string, bound: number): never {
    this.#refused += 1;
    throw new QueueFull(`${what} held for ${this.#options.peer}, which is being restarted,`, bound);
  }

  #send(link: Pick<Link, 'callLater' | 'notify'>, { target, args, since, timeoutMs, settle }: Held): void {
    const values = unpack(args) as unknown[];
    if (settle) {
      const left = Math.max(1, timeoutMs - (this.#time.now() - since));
      link.callLater(target, values, left, settle);
      return;
    }
    try {
      link.notify(target, values);
    } catch (error) {
      this.#options.log.warn({ peer: this.#options.peer, target, error }, `a notification that was held for ${this.#options.peer} is lost`);
    }
  }

  /** Ends the calls that have waited long enough. */
  #sweep(): void {
    const now = this.#time.now();
    if (!this.#queue.some(({ until }) => until <= now)) return;
    const late = this.#queue.filter(({ until }) => until <= now);
    this.#queue = this.#queue.filter(({ until }) => until > now);
    for (const { args } of late) this.#bytes -= args.length;
    this.#reject(late);
  }

  /** Patient calls that are rejected before their time have not ended: they are sent again. */
  #reject(calls: readonly Held[]): HoldOutcome {
    const { peer, limits, log } = this.#options;
    const now = this.#time.now();
    const ended = calls.filter(({ patient, until }) => patient === undefined || until <= now).length;
    this.#ended += ended;
    if (ended > 0) {
      const what = { event: 'held', peer, calls: ended };
      const bounds = `limits holdMs = ${limits.holdMs}, rpcDeadlineMs = ${limits.rpcDeadlineMs}`;
      log.warn(what, `${ended} calls held for ${peer} end: it did not come back in time (${bounds})`);
    }
    for (const { settle } of calls) settle?.reject(new PeerDown(peer, false, { cause: new Error('it was being restarted') }));
    this.#tellRefused();
    return { sent: 0, ended: this.#ended };
  }

  #tellRefused(): void {
    const { peer, limits, log } = this.#options;
    if (this.#refused === 0) return;
    const bounds = `limits heldCalls = ${limits.heldCalls}, heldBytes = ${limits.heldBytes}`;
    log.warn({ event: 'held', peer, refused: this.#refused }, `calls to ${peer} refused, too many wait for it already (${bounds})`);
    this.#refused = 0;
  }

  #take(): Held[] {
    clearInterval(this.#timer);
    clearTimeout(this.#life);
    this.#isOver = true;
    const queue = this.#queue;
    this.#queue = [];
    this.#bytes = 0;
    return queue;
  }
}
