/**
 * One connection between two nodes: calls, notifications and replies both ways over any ordered stream.
 *
 * Promises: a call settles; loss of the link rejects all that is pending in that turn; a silent peer is found by heartbeats; every queue is
 * bounded; calls and notifications arrive in the order sent, replies in the order produced. Dialling, identity and logging of the end
 * are its owner's business (distributed/).
 */
import type { Duplex } from 'node:stream';
import type { Limits } from '../config/config';
import { BadFrame, Deadline, PeerDown, QueueFull, TooLarge } from '../errors';
import { currentTrace, type Tracing } from '../log/trace';
import { elapsed, TurnClock } from '../metrics/clock';
import { Latency } from '../metrics/latency';
import { type CallOptions, CODES, type LinkClosed, type LinkHandlers, type LinkOptions } from './contract';
import { LinkCounts } from './counts';
import { Cursor } from './cursor';
import { readError } from './fault';
import { FrameReader, Kind } from './frame';
import { Heartbeat } from './heartbeat';
import { LimitLog, type LinkLimit } from './limitlog';
import { Outbox, Oversize } from './outbox';
import { type PendingCall, PendingCalls, type Settle } from './pending';
import { Replies } from './replies';
import { type LinkKey, RequestReader, RequestWriter } from './request';
import { errorFromWire } from './revive';
import { Serving } from './serving';
import { readValue } from './values';

export type { CallOptions, LinkClosed, LinkHandlers, LinkOptions } from './contract';
export type { LinkKey } from './request';

/** In characters; a goodbye fits the smallest frame limit. */
const MAX_REASON = 300;

/** Says that the next call belongs to a traced request: `(trace, span, id of the call)`. */
const TRACE = 'firefly.trace';

/** A lower frame limit counts as this one: errors and goodbyes always fit. */
const MIN_FRAME_BYTES = 1024;

export class Link {
  readonly peer: string;
  readonly #stream: Duplex;
  readonly #limits: Limits;
  readonly #handlers: LinkHandlers;
  readonly #counts: LinkCounts;
  readonly #limitLog: LimitLog;
  readonly #out: Outbox;
  readonly #reader: FrameReader;
  readonly #cursor = new Cursor();
  readonly #requests: RequestWriter;
  readonly #replies: Replies;
  readonly #received = new RequestReader(this.#cursor);
  readonly #serving: Serving;
  readonly #pending = new PendingCalls((call) => {
    this.#counts.deadlines++;
    this.#counts.failures++;
    this.#limitLog.late(call.timeoutMs);
    call.reject(new Deadline(`call of ${call.target} at ${this.peer}`, call.timeoutMs));
  });
  readonly #heartbeat: Heartbeat;
  readonly #maxBytes: number;
  /** How long the peer takes to answer. */
  readonly #latency: Latency;
  readonly #clock: TurnClock;
  readonly #tracing: Tracing | undefined;
  /** Settle what waits for the stream to be closed; undefined once it is. */
  #waiting: (() => void)[] | undefined = [];
  #open = true;
  #linger: NodeJS.Timeout | undefined;

  constructor(stream: Duplex, options: LinkOptions) {
    this.peer = options.peer;
    this.#stream = stream;
    this.#limits = options.limits;
    this.#handlers = options.handlers;
    this.#counts = new LinkCounts(options.metrics, options.peer);
    this.#latency = options.metrics?.peers.of(options.peer) ?? new Latency();
    this.#clock = options.metrics?.clock ?? new TurnClock();
    this.#tracing = options.tracing;
    this.#limitLog = new LimitLog(options.log, options.peer, options.limits);
    this.#maxBytes = Math.max(MIN_FRAME_BYTES, options.limits.rpcFrameBytes);
    this.#out = new Outbox(stream, this.#maxBytes);
    this.#requests = new RequestWriter(this.#out);
    this.#replies = new Replies(this.#out, this.#maxBytes);
    this.#reader = new FrameReader(this.#maxBytes, this.#onFrame);
    this.#serving = new Serving({
      peer: options.peer,
      log: options.log,
      bound: options.limits.rpcInFlight,
      counts: this.#counts,
      calls: options.calls,
      dispatch: (target, args) => this.#handlers.dispatch(target, args),
      slotOf: (target) => this.#handlers.slotOf?.(target),
      tracing: options.tracing,
      clock: this.#clock,
      done: (id, target, value) => {
        if (!this.#open) return;
        this.#replies.result(id, target, value);
        this.#replied();
      },
      failed: (id, error) => {
        if (!this.#open) return;
        this.#replies.error(id, error);
        this.#replied();
      },
    });
    this.#heartbeat = new Heartbeat({
      ...options.limits,
      ping: () => this.#beat(Kind.ping),
      dead: () =>
        this.#end({ code: 'dead', message: `${this.peer} has been silent for ${this.#limits.deadAfterMs} ms (limit deadAfterMs)` }),
      tick: () => this.#report(),
    });
    stream.on('data', this.#onData).on('end', this.#onEnd).on('error', this.#onError).on('close', this.#onClose);
    if (stream.destroyed || stream.readableEnded) process.nextTick(this.#onClose);
    else if (options.readAhead?.length) stream.unshift(options.readAhead);
    stream.resume();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Calls of this side that wait for their answer. */
  get inFlight(): number {
    return this.#pending.size;
  }

  /** Calls and notifications a second, of late: those sent, and those run for the peer. */
  get rates(): { readonly callsPerSecond: number; readonly servedPerSecond: number } {
    return this.#counts;
  }

  /** Handlers of this side that run for the peer and have not ended. */
  get underWay(): number {
    return this.#serving.underWay;
  }

  /** Bytes that the operating system has not taken yet. */
  get queuedBytes(): number {
    return this.#out.queuedBytes;
  }

  /**
   * Calls a target of the peer.
   *
   * @returns its result; rejects with PeerDown, Deadline, QueueFull, TooLarge, or what the target threw (NoSuchTarget, RemoteError)
   */
  call(target: LinkKey, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    const timeoutMs = options?.timeoutMs ?? this.#limits.rpcDeadlineMs;
    const id = this.#pending.nextId();
    try {
      this.#call(target, args, timeoutMs, id);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#pending.add(id, target, timeoutMs, this.#out.handovers, this.#clock.now());
  }

  /**
   * As `call`, for a call that had to wait and whose promise is there already.
   *
   * Settled itself, and not by way of another promise, which would let the answer of a later call overtake.
   */
  callLater(target: LinkKey, args: readonly unknown[], timeoutMs: number, settle: Settle): void {
    const id = this.#pending.nextId();
    try {
      this.#call(target, args, timeoutMs, id);
    } catch (error) {
      settle.reject(error as Error);
      return;
    }
    this.#pending.adopt(id, target, timeoutMs, this.#out.handovers, this.#clock.now(), settle);
  }

  /** Calls a target of the peer and wants no answer. @throws PeerDown, QueueFull, TooLarge: it was not sent */
  notify(target: LinkKey, args: readonly unknown[]): void {
    this.#request(target, args);
  }

  /**
   * Sends what is queued and a goodbye, and closes. Pending calls are rejected at once.
   *
   * @param code `replaced` tells the peer that it must not come back
   * @returns settled when the stream is closed, at the latest after the limit `deadAfterMs`
   */
  close(reason: string, code: 'closed' | 'replaced' = 'closed'): Promise<void> {
    this.#end({ code, message: reason }, true);
    return new Promise((resolve) => {
      if (this.#waiting) this.#waiting.push(resolve);
      else resolve();
    });
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#counts.receivedBytes += chunk.length;
    this.#heartbeat.heard();
    this.#serving.begin();
    try {
      this.#reader.push(chunk);
      this.#serving.end();
    } catch (error) {
      const message = error instanceof BadFrame ? error.message : 'a frame cannot be read';
      this.#end({ code: 'malformed', message: `${this.peer} sent bytes that are no frame: ${message}`, error: error as Error }, true);
    }
  };

  readonly #onEnd = (): void => {
    this.#end({ code: 'lost', message: `${this.peer} closed the connection` });
  };

  readonly #onError = (error: Error): void => {
    this.#end({ code: 'lost', message: `the connection to ${this.peer} broke: ${error.message}`, error });
  };

  readonly #onClose = (): void => {
    this.#end({ code: 'lost', message: `the connection to ${this.peer} is closed` });
    clearTimeout(this.#linger);
    this.#stream.off('error', this.#onError).off('close', this.#onClose);
    for (const settle of this.#waiting ?? []) settle();
    this.#waiting = undefined;
  };

  readonly #onFrame = (buffer: Buffer, start: number, end: number): void => {
    const cursor = this.#cursor;
    cursor.reset(buffer, start, end);
    const kind = cursor.u8();
    switch (kind) {
      case Kind.call:
        this.#serving.call(cursor.u32(), this.#received.target(), this.#received.arguments());
        break;
      case Kind.notify:
        this.#onNotification(this.#received.target(), this.#received.arguments());
        break;
      case Kind.result:
        this.#onResult();
        break;
      case Kind.error:
        this.#onFailure();
        break;
      case Kind.name:
        this.#received.name();
        break;
      case Kind.ping:
        cursor.done();
        this.#beat(Kind.pong);
        this.#replied();
        break;
      case Kind.pong:
        cursor.done();
        break;
      case Kind.bye:
        this.#onBye(cursor.u8(), cursor.text());
        break;
      default:
        throw new BadFrame(`unknown kind ${kind}`);
    }
  };

  #onNotification(target: LinkKey, args: unknown[]): void {
    if (target === TRACE) this.#serving.traced(args);
    else this.#serving.notify(target, args);
  }

  // The whole answer is read before its call is taken: a call with a malformed answer ends with the link, like all others.
  #onResult(): void {
    const id = this.#cursor.u32();
    const value = readValue(this.#cursor);
    this.#cursor.done();
    this.#answered(id)?.resolve(value);
  }

  #onFailure(): void {
    const id = this.#cursor.u32();
    const error = errorFromWire(this.peer, readError(this.#cursor));
    const call = this.#answered(id);
    if (!call) return;
    this.#counts.failures++;
    call.reject(error);
  }

  #onBye(number: number, reason: string): void {
    this.#end({ code: CODES[number] ?? 'closed', message: `${this.peer} closed the link: ${reason.slice(0, MAX_REASON)}` }, true);
  }

  #answered(id: number): PendingCall | undefined {
    const call = this.#pending.take(id);
    if (call) this.#latency.record(elapsed(call.since, this.#clock.now()));
    else this.#counts.late++;
    return call;
  }

  #replied(): void {
    this.#heartbeat.spoke();
    if (this.#out.queuedBytes <= 2 * this.#limits.rpcQueuedBytes) return;
    const twice = `more than twice the limit rpcQueuedBytes = ${this.#limits.rpcQueuedBytes}`;
    this.#end({ code: 'overload', message: `${this.peer} does not read: ${this.#out.queuedBytes} bytes of replies wait, ${twice}` });
  }

  #call(target: LinkKey, args: readonly unknown[], timeoutMs: number, id: number): void {
    if (!Number.isFinite(timeoutMs)) throw new RangeError(`${timeoutMs} ms is no deadline; give a finite number`);
    if (this.#pending.size >= this.#limits.rpcInFlight) this.#refuse('rpcInFlight', `calls in flight to ${this.peer}`);
    this.#request(target, args, id);
  }

  #request(target: LinkKey, args: readonly unknown[], id?: number): void {
    if (!this.#open) throw new PeerDown(this.peer, false);
    if (this.#out.queuedBytes >= this.#limits.rpcQueuedBytes) this.#refuseBytes();
    this.#out.assertIdle();
    try {
      const traced = this.#tracing && currentTrace();
      if (traced) this.#announce([traced.trace, traced.span, id]);
      this.#requests.write(target, args, id);
      if (this.#out.queuedBytes > this.#limits.rpcQueuedBytes) this.#refuseBytes();
      this.#out.commit();
    } catch (error) {
      this.#out.rollback();
      if (!(error instanceof Oversize)) throw error;
      this.#counts.oversize++;
      this.#limitLog.reached('rpcFrameBytes');
      throw new TooLarge(`call of ${target} at ${this.peer}`, error.bytes, this.#maxBytes);
    }
    this.#counts.calls++;
    this.#heartbeat.spoke();
  }

  /** The call that follows belongs to a traced request. A frame of its own, so that what is not traced carries nothing. */
  #announce(traced: readonly unknown[]): void {
    this.#requests.write(TRACE, traced);
    this.#out.commit();
  }

  #beat(kind: typeof Kind.ping | typeof Kind.pong): void {
    this.#out.begin(kind);
    this.#out.commit();
    this.#heartbeat.spoke();
  }

  #refuseBytes(): never {
    this.#refuse('rpcQueuedBytes', `bytes queued to ${this.peer}`);
  }

  #refuse(limit: LinkLimit, queue: string): never {
    this.#counts.refused++;
    this.#limitLog.reached(limit);
    throw new QueueFull(queue, this.#limits[limit]);
  }

  #report(): void {
    this.#counts.sentBytes = this.#out.bytesHanded;
    this.#counts.publish();
    this.#limitLog.report();
    this.#serving.report();
  }

  /** @param orderly send what is queued and a goodbye before the stream is closed */
  #end(reason: LinkClosed, orderly = false): void {
    if (!this.#open) return;
    this.#open = false;
    this.#heartbeat.stop();
    this.#reader.stop();
    this.#stream.off('data', this.#onData).off('end', this.#onEnd);
    if (orderly) this.#sayBye(reason);
    else this.#stream.destroy();
    const cause = reason.error ?? new Error(reason.message);
    for (const call of this.#pending.drain()) {
      this.#counts.failures++;
      call.reject(new PeerDown(this.peer, this.#out.handovers > call.handovers, { cause }));
    }
    this.#out.discard();
    this.#cursor.clear();
    if (reason.code === 'dead' || reason.code === 'malformed' || reason.code === 'overload') this.#counts[reason.code]++;
    this.#report();
    this.#handlers.closed(reason);
  }

  #sayBye(reason: LinkClosed): void {
    this.#out.begin(Kind.bye);
    this.#out.u8(CODES.indexOf(reason.code));
    this.#out.bytes(Buffer.from(reason.message.slice(0, MAX_REASON)));
    this.#out.commit();
    this.#out.flush();
    this.#stream.end();
    // Reading on finds the peer's end of the stream; a peer that takes nothing is not waited for.
    this.#stream.resume();
    this.#linger = setTimeout(() => this.#stream.destroy(), this.#limits.deadAfterMs);
  }
}
