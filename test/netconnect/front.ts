/** A real front on a free port, its log and metrics in memory, and a client that a test can read from; for the tests of this folder. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pino from 'pino';
import type { Limits } from '../../src/config/config';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import type { Logger } from '../../src/log/log';
import { Metrics } from '../../src/metrics/metrics';
import type { PortOptions } from '../../src/netconnect/clientport';
import { DataPackProtoc } from '../../src/netconnect/datapack';
import { LiberateFactory } from '../../src/netconnect/factory';
import type { Frame } from '../../src/netconnect/framereader';
import { FrameReader } from '../../src/netconnect/framereader';

/** For a busy machine; what is waited for comes at once on any other. */
const DEADLINE_MS = 20_000;

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly limit?: string;
  readonly value?: number;
  readonly count?: number;
}

export class Front implements AsyncDisposable {
  readonly lines: LogLine[] = [];
  readonly metrics = new Metrics('net');
  readonly factory: LiberateFactory;
  port = 0;
  readonly #clients: Client[] = [];
  #ids = 0;

  private constructor(limits: Partial<Limits>) {
    this.factory = new LiberateFactory({
      log: this.#log(),
      limits: { ...DEFAULT_LIMITS, ...limits },
      metrics: this.metrics,
      nextId: () => this.#ids++,
    });
  }

  static async start(limits: Partial<Limits> = {}, options: PortOptions = {}): Promise<Front> {
    const front = new Front(limits);
    front.port = await front.factory.listen(0, '127.0.0.1', options);
    return front;
  }

  get service() {
    return this.factory.service;
  }

  async connect(protocol = new DataPackProtoc()): Promise<Client> {
    const client = this.adopt(connect({ port: this.port, host: '127.0.0.1', noDelay: true }), protocol);
    await client.connected;
    return client;
  }

  /** Makes a client of a socket that the test connects. */
  adopt(socket: Socket, protocol = new DataPackProtoc()): Client {
    const client = new Client(socket, protocol);
    this.#clients.push(client);
    return client;
  }

  /** Warnings and errors whose text contains `text`. */
  said(text: string): LogLine[] {
    return this.lines.filter((line) => line.level >= 40 && line.msg.includes(text));
  }

  async metric(name: string): Promise<number> {
    const found = new RegExp(`^${name}\\{[^}]*\\} (\\S+)$`, 'm').exec(await this.metrics.text());
    return Number(found?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.socket.destroy();
    await this.factory.close(1_000);
  }

  #log(): Logger {
    return pino(
      { level: 'debug', base: null, serializers: { error: pino.stdSerializers.errWithCause } },
      { write: (line: string) => this.lines.push(JSON.parse(line)) },
    );
  }
}

export class Client {
  readonly connected: Promise<unknown>;
  readonly closed: Promise<unknown>;
  /** Sizes of what arrived, one for each read. */
  readonly reads: number[] = [];
  readonly #chunks: Buffer[] = [];
  readonly #reader = new FrameReader();
  readonly #protocol: DataPackProtoc;
  readonly #frames: Frame[] = [];

  constructor(
    readonly socket: Socket,
    protocol: DataPackProtoc,
  ) {
    this.#protocol = protocol;
    this.connected = once(socket, 'connect');
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      this.reads.push(chunk.length);
      this.#chunks.push(chunk);
      this.#reader.push(chunk);
      for (let frame = this.#next(); frame; frame = this.#next()) this.#frames.push(frame);
    });
  }

  /** Every byte received so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** Received frames as `command:payload`. */
  get texts(): string[] {
    return this.#frames.map((frame) => `${frame.command}:${frame.payload.toString()}`);
  }

  send(...frames: readonly (readonly [command: number, payload?: string | Buffer])[]): void {
    this.socket.write(Buffer.concat(frames.map(([command, payload = '']) => this.#protocol.pack(payload, command))));
  }

  sendRaw(bytes: Buffer | string): void {
    this.socket.write(bytes);
  }

  async framesReach(count: number): Promise<readonly Frame[]> {
    await until(() => this.#frames.length >= count, `${count} frames (${this.#frames.length} are there)`);
    return this.#frames;
  }

  async bytesReach(count: number): Promise<Buffer> {
    await until(() => this.bytes.length >= count, `${count} bytes (${this.bytes.length} are there)`);
    return this.bytes;
  }

  /** Waits for the server to close. */
  async isClosed(): Promise<void> {
    await orLate(this.closed, 'the server to close the connection');
  }

  #next(): Frame | undefined {
    return this.#reader.next(this.#protocol, 0xffff_ffff);
  }
}

/** Waits for a condition; looked at in each turn of the event loop. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited ${DEADLINE_MS} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Waits for a promise, but not for ever. */
export async function orLate<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${DEADLINE_MS} ms in vain for ${what}`)), DEADLINE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A promise and its ends, for handlers that a test lets answer. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void; fail: (error: Error) => void } {
  let open: (value: T) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}
