/**
 * One server of a memcached client: what memjs calls a Server, made so that every request settles.
 *
 * Speaks memjs's contract (`onResponse`, `onError`, `write`, `close`). A connection that ends, resets, falls silent or talks nonsense rejects all it owed, at once, and leaves nothing to the next
 * one; nothing is ever sent twice, so writes keep their order.
 */
import { connect, type Socket } from 'node:net';
import { MemConnError, QueueFull } from '../../errors';
import type { Logger } from '../../log/log';
import { type Frame, FrameParser, RESPONSE } from './frames';

/** Requests that may wait for an answer, and bytes that may wait for the socket. */
const IN_FLIGHT = 65_536;
export const QUEUED_BYTES = 64 * 1024 * 1024;
/** A server that goes on answering has so many times the timeout for what is queued before it. */
const PATIENCE = 4;

/** The shape in which memjs hands an answer to its callbacks. */
export interface Reply {
  readonly header: {
    readonly opcode: number;
    readonly status: number;
    readonly opaque: number;
    readonly cas: Buffer;
    readonly totalBodyLength: number;
  };
  readonly key: Buffer;
  readonly extras: Buffer;
  readonly val: Buffer;
}

/** With `quiet` a request gets answers until one without a body, which is the last. */
export interface ReplyHandler {
  (reply: Reply): void;
  quiet?: boolean;
}

interface Pending {
  readonly reply: ReplyHandler;
  readonly fail: (error: Error) => void;
  readonly sentAt: number;
}

export interface TransportOptions {
  /** How long the server may be silent while it owes an answer. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/** Where a server listens: a port, or a socket in the file system. */
export type MemPlace = { readonly host: string; readonly port: number } | { readonly path: string };

export class Transport {
  /** For memjs, which names servers by these two. */
  readonly host: string;
  readonly port: number;
  readonly #place: MemPlace;
  readonly #options: TransportOptions;
  /** By opaque, in the order sent: all have the same time to be answered, so the first is the first to be late. */
  readonly #pending = new Map<number, Pending>();
  #unsent: Buffer[] = [];
  #unsentBytes = 0;
  #flushing = false;
  #socket: Socket | undefined;
  #connected = false;
  /** When it last sent anything. */
  #heardAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #down = false;
  #closed = false;
  #reply: ReplyHandler | undefined;
  #fail: ((error: Error) => void) | undefined;
  #idle: (() => void) | undefined;

  constructor(place: MemPlace, options: TransportOptions) {
    this.#place = place;
    this.host = 'path' in place ? place.path : place.host;
    this.port = 'path' in place ? 0 : place.port;
    this.#options = options;
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  /** memjs names both handlers, then writes, in one turn: they are kept until the write says for which request. */
  onResponse(_opaque: number, reply: ReplyHandler): void {
    this.#reply = reply;
  }

  onError(_opaque: number, fail: (error: Error) => void): void {
    this.#fail = fail;
  }

  /** Sends a request with the writes of this turn, connecting first when needed. Failures go to the handler named before. */
  write(request: Buffer): void {
    const reply = this.#reply;
    const fail = this.#fail;
    this.#reply = undefined;
    this.#fail = undefined;
    if (!reply || !fail) throw new TypeError('a request needs its handlers first');
    const refusal = this.#refusal(request.length);
    if (refusal) {
      fail(refusal);
      return;
    }
    this.#pending.set(request.readUInt32BE(12), { reply, fail, sentAt: performance.now() });
    this.#unsent.push(request);
    this.#unsentBytes += request.length;
    this.#timer ??= setTimeout(() => this.#checkDeadline(), this.#options.timeoutMs);
    if (!this.#socket) this.#connect();
    if (!this.#flushing) {
      this.#flushing = true;
      setImmediate(() => {
        this.#flushing = false;
        this.#flush();
      });
    }
  }

  /** Ends the connection; what is still pending fails. */
  close(): void {
    this.#closed = true;
    this.#drop(new MemConnError(`${this}: the client is closed`, { maybeExecuted: this.#connected }));
  }

  /** Takes no new requests, waits for those in flight (each has its deadline), then closes. */
  async drain(): Promise<void> {
    this.#closed = true;
    if (this.#pending.size > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    this.close();
  }

  toString(): string {
    return `memcached ${'path' in this.#place ? this.host : `${this.host}:${this.port}`}`;
  }

  #refusal(bytes: number): Error | undefined {
    if (this.#closed) return new MemConnError(`${this}: the client is closed`);
    if (this.#pending.size >= IN_FLIGHT) return new QueueFull(`${this}: requests in flight`, IN_FLIGHT);
    const queued = this.#unsentBytes + (this.#socket?.writableLength ?? 0);
    return queued + bytes > QUEUED_BYTES ? new QueueFull(`${this}: queued bytes`, QUEUED_BYTES) : undefined;
  }

  #flush(): void {
    const socket = this.#socket;
    if (!socket || !this.#connected || this.#unsent.length === 0) return;
    const [first] = this.#unsent;
    socket.write(this.#unsent.length === 1 && first ? first : Buffer.concat(this.#unsent, this.#unsentBytes));
    this.#unsent = [];
    this.#unsentBytes = 0;
  }

  #connect(): void {
    const socket = connect({ ...this.#place, noDelay: true, keepAlive: true });
    const parser = new FrameParser(RESPONSE, QUEUED_BYTES);
    this.#socket = socket;
    this.#connected = false;
    // Each listener looks whether this is still the connection in use: a late event of an old one must not touch the new.
    const ended = (reason: string, cause?: Error): void => {
      if (this.#socket === socket)
        this.#drop(new MemConnError(`${this}: ${reason}`, { ...(cause ? { cause } : {}), maybeExecuted: this.#connected }));
    };
    socket.on('connect', () => {
      if (this.#socket !== socket) return;
      this.#connected = true;
      if (this.#down) this.#options.log.info({ server: String(this) }, 'memcached answers again');
      this.#down = false;
      this.#flush();
    });
    socket.on('data', (chunk) => {
      if (this.#socket !== socket) return;
      this.#heardAt = performance.now();
      try {
        parser.push(chunk, (frame) => this.#take(frame));
      } catch (error) {
        ended('sent what is not its protocol', error as Error);
      }
    });
    socket.on('end', () => ended('closed the connection'));
    socket.on('close', () => ended('closed the connection'));
    socket.on('error', (error) => ended(error.message, error));
  }

  #take(frame: Frame): void {
    const pending = this.#pending.get(frame.opaque);
    if (!pending) return;
    if (!pending.reply.quiet || frame.bodyBytes === 0) this.#pending.delete(frame.opaque);
    if (frame.oversized)
      pending.fail(new MemConnError(`${this}: an answer of ${frame.bodyBytes} bytes is above the limit of ${QUEUED_BYTES}`));
    else {
      const { opcode, status, opaque, cas, bodyBytes } = frame;
      pending.reply({
        header: { opcode, status, opaque, cas, totalBodyLength: bodyBytes },
        key: frame.key,
        extras: frame.extras,
        val: frame.value,
      });
    }
    if (this.#pending.size === 0) this.#settled();
  }

  /** @param read true when the socket was read since the deadline passed: after a long pause of this process the answer may only be unread */
  #checkDeadline(read = false): void {
    this.#timer = undefined;
    const [first] = this.#pending.values();
    if (!first) return;
    const { timeoutMs } = this.#options;
    const deadline = Math.min(Math.max(first.sentAt, this.#heardAt) + timeoutMs, first.sentAt + PATIENCE * timeoutMs);
    const left = deadline - performance.now();
    if (left > 0) this.#timer = setTimeout(() => this.#checkDeadline(), left);
    else if (!read) setImmediate(() => this.#checkDeadline(true));
    else this.#drop(new MemConnError(`${this}: no answer within ${timeoutMs} ms`, { maybeExecuted: this.#connected }));
  }

  /** Forgets the connection and settles all that it owes. */
  #drop(error: MemConnError): void {
    const owed = [...this.#pending.values()];
    this.#pending.clear();
    this.#unsent = [];
    this.#unsentBytes = 0;
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#connected = false;
    if (owed.length > 0 && !this.#down && !this.#closed) {
      this.#down = true;
      this.#options.log.warn({ server: String(this), requests: owed.length, error }, 'memcached failed');
    }
    for (const { fail } of owed) fail(error);
    this.#settled();
  }

  #settled(): void {
    if (this.#closed) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#idle?.();
  }
}
