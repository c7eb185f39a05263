/**
 * A game client over TCP: sends frames, and hands answers and pushes to whoever waits for them, each wait with a deadline.
 *
 * Written from the wire's description, not on the server's codec, so that a fault there cannot hide behind the same fault here.
 */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Five magic bytes and the server version: what every frame starts with. */
export interface Header {
  readonly magic: readonly [number, number, number, number, number];
  readonly version: number;
}

export const GAME_HEADER: Header = { magic: [78, 37, 38, 48, 9], version: 0 };
export const ZERO_HEADER: Header = { magic: [0, 0, 0, 0, 0], version: 0 };

export interface Frame {
  readonly command: number;
  readonly payload: Buffer;
  /** The payload as UTF-8. */
  readonly text: string;
}

export interface ClientOptions {
  readonly host?: string;
  readonly port: number;
  readonly header?: Header;
  /** For connecting, and for every wait that names none; milliseconds, 10 s when left out. */
  readonly deadlineMs?: number;
  /** Gets what no request was sent for; without it such frames wait to be received like answers. */
  readonly onPush?: (frame: Frame) => void;
}

const HEADER_BYTES = 17;
/** Frames that nobody took; a client that falls behind by more has a fault. */
const INBOX_FRAMES = 100_000;

interface Waiter {
  readonly command: number | undefined;
  resolve(frame: Frame): void;
  reject(error: Error): void;
}

export class GameClient {
  readonly #socket: Duplex;
  readonly #header: Header;
  readonly #deadlineMs: number;
  readonly #onPush: ((frame: Frame) => void) | undefined;
  #unparsed: Buffer = Buffer.alloc(0);
  readonly #inbox: Frame[] = [];
  readonly #waiters = new Set<Waiter>();
  /** Requests sent and not answered yet, by command. */
  readonly #open = new Map<number, number>();
  #end: Error | undefined;
  /** Settles, never rejects, when the connection has ended. */
  readonly closed: Promise<void>;

  /** Takes over a connected stream of bytes; `connectClient` is the usual way. */
  constructor(socket: Duplex, options: ClientOptions) {
    this.#socket = socket;
    this.#header = options.header ?? GAME_HEADER;
    this.#deadlineMs = options.deadlineMs ?? 10_000;
    this.#onPush = options.onPush;
    socket.on('data', (chunk) => this.onBytes(chunk));
    socket.on('error', (error) => this.#fail(error));
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#fail(new Error('the server closed the connection'));
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Sends one frame. A string or bytes go as they are, anything else as its JSON. */
  send(command: number, payload: unknown = ''): void {
    this.#open.set(command, (this.#open.get(command) ?? 0) + 1);
    this.write(encodeFrame(command, payload, this.#header));
  }

  /** Sends a frame and waits for its answer; answers to the same command are told apart by their order only. */
  request(command: number, payload?: unknown, deadlineMs?: number): Promise<Frame> {
    const answer = this.receive(command, deadlineMs);
    this.send(command, payload);
    return answer;
  }

  /**
   * The next frame, of that command when one is named; frames of others stay for whoever asks for them.
   *
   * @throws Error after the deadline, or when the connection ends before it comes
   */
  receive(command?: number, deadlineMs = this.#deadlineMs): Promise<Frame> {
    const at = this.#inbox.findIndex((frame) => command === undefined || frame.command === command);
    const [waiting] = at < 0 ? [] : this.#inbox.splice(at, 1);
    if (waiting) return Promise.resolve(waiting);
    if (this.#end) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(deadline);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        command,
        resolve: (frame) => {
          done();
          resolve(frame);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      };
      const what = command === undefined ? 'no frame' : `no frame of command ${command}`;
      const deadline = setTimeout(() => waiter.reject(new Error(`${what} within ${deadlineMs} ms`)), deadlineMs);
      this.#waiters.add(waiter);
    });
  }

  /** Ends the connection and waits until it has ended. */
  async close(): Promise<void> {
    this.#socket.destroy();
    await this.closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  protected write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  protected onBytes(chunk: Buffer): void {
    this.#unparsed = this.#unparsed.length === 0 ? chunk : Buffer.concat([this.#unparsed, chunk]);
    const start = encodeStart(this.#header);
    let at = 0;
    while (this.#unparsed.length - at >= HEADER_BYTES) {
      const header = this.#unparsed.subarray(at, at + HEADER_BYTES);
      const length = header.readUInt32BE(9);
      if (!header.subarray(0, 9).equals(start) || length < 4) {
        this.#socket.destroy();
        this.#fail(new Error(`the server sent a wrong header: ${header.toString('hex')}`));
        return;
      }
      const end = at + 13 + length;
      if (end > this.#unparsed.length) break;
      const payload = this.#unparsed.subarray(at + HEADER_BYTES, end);
      this.#deliver({ command: header.readUInt32BE(13), payload, text: payload.toString() });
      at = end;
    }
    this.#unparsed = this.#unparsed.subarray(at);
  }

  #deliver(frame: Frame): void {
    const open = this.#open.get(frame.command) ?? 0;
    if (open > 0) this.#open.set(frame.command, open - 1);
    for (const waiter of this.#waiters) {
      if (waiter.command === undefined || waiter.command === frame.command) {
        waiter.resolve(frame);
        return;
      }
    }
    if (open === 0 && this.#onPush) this.#onPush(frame);
    else if (this.#inbox.length < INBOX_FRAMES) this.#inbox.push(frame);
    else {
      this.#socket.destroy();
      this.#fail(new Error(`${INBOX_FRAMES} frames came that nobody received`));
    }
  }

  #fail(error: Error): void {
    this.#end ??= error;
    for (const waiter of this.#waiters) waiter.reject(this.#end);
  }
}

/** Connects a client. @throws Error that names the address when nobody answers there within the deadline */
export async function connectClient(options: ClientOptions): Promise<GameClient> {
  return new GameClient(await openSocket(options), options);
}

/** A connected socket, for clients of any kind. */
export function openSocket({ host = '127.0.0.1', port, deadlineMs = 10_000 }: ClientOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const failed = (cause: Error) => {
      clearTimeout(deadline);
      socket.destroy();
      reject(new Error(`cannot connect to ${host}:${port}: ${cause.message}; is the cluster running?`, { cause }));
    };
    const deadline = setTimeout(() => failed(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
    socket.once('error', failed);
    socket.once('connect', () => {
      clearTimeout(deadline);
      socket.off('error', failed);
      resolve(socket);
    });
  });
}

/** One frame as bytes. */
export function encodeFrame(command: number, payload: unknown, header: Header = GAME_HEADER): Buffer {
  const body = Buffer.isBuffer(payload) ? payload : Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload ?? {}));
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(body.length + 4, 0);
  numbers.writeUInt32BE(command, 4);
  return Buffer.concat([encodeStart(header), numbers, body]);
}

function encodeStart({ magic, version }: Header): Buffer {
  const start = Buffer.from([...magic, 0, 0, 0, 0]);
  start.writeUInt32BE(version, 5);
  return start;
}
