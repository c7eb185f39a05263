/**
 * A memcached for a cluster that has none: the binary protocol over TCP, hosted by dbfront.
 *
 * Bounded in bytes and connections. Bytes that are not the protocol close the connection they came from and nothing else; a client that does not read its answers is not read from either.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { StartFailed } from '../../errors';
import type { Logger } from '../../log/log';
import { type Answer, runCommand } from './commands';
import { type Frame, FrameParser, frameHead, REQUEST, RESPONSE } from './frames';
import { ItemStore } from './itemstore';

export interface EmbeddedOptions {
  /** All items together; 64 MiB when left out. */
  readonly maxBytes?: number;
  /** Largest value; 1 MiB when left out. */
  readonly itemBytes?: number;
  readonly log?: Logger;
}

const MIB = 1024 * 1024;
const CONNECTIONS = 1_024;
/** Extras and key of a request come on top of the value. */
const HEAD_BYTES = 512;
/** Unsent answers of one connection above which it is not read from. */
const UNSENT_BYTES = MIB;
/** Answers up to this many bytes are joined into one write; larger ones go out uncopied. */
const JOIN_BYTES = 256 * 1024;

export class EmbeddedMemcached {
  readonly #items: ItemStore;
  readonly #itemBytes: number;
  readonly #log: Logger | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor(options: EmbeddedOptions = {}) {
    this.#items = new ItemStore(options.maxBytes ?? 64 * MIB);
    this.#itemBytes = Math.min(options.itemBytes ?? MIB, options.maxBytes ?? 64 * MIB);
    this.#log = options.log;
    this.#server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    this.#server.maxConnections = CONNECTIONS;
  }

  get items(): number {
    return this.#items.size;
  }

  get bytes(): number {
    return this.#items.bytes;
  }

  get evictions(): number {
    return this.#items.evictions;
  }

  /** @param port 0 for any free one @returns the real port @throws StartFailed */
  async listen(port: number, host: string): Promise<number> {
    this.#server.listen(port, host);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      throw new StartFailed(`the embedded memcached cannot listen on ${host}:${port}: ${(error as Error).message}`, { cause: error });
    }
    this.#server.on('error', (error) => this.#log?.error({ error }, 'embedded memcached'));
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : port;
  }

  /** Closes the port and every connection; the items are gone. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
    this.#items.flush(0);
  }

  #accept(socket: Socket): void {
    const parser = new FrameParser(REQUEST, this.#itemBytes + HEAD_BYTES);
    const output = new Output(socket);
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', (error) => this.#log?.debug({ error }, 'embedded memcached: a connection broke'));
    socket.on('drain', () => socket.resume());
    socket.on('data', (chunk) => {
      if (output.finished) return;
      try {
        parser.push(chunk, (frame) => this.#serve(frame, output));
      } catch (error) {
        this.#log?.warn(
          { error, address: socket.remoteAddress },
          'embedded memcached: closed a connection that does not speak its binary protocol',
        );
        output.finish();
      }
      output.flush();
      if (socket.writableLength > UNSENT_BYTES) socket.pause();
    });
  }

  #serve(request: Frame, output: Output): void {
    if (output.finished) return;
    const { answers, quit } = runCommand(this.#items, request, this.#itemBytes);
    for (const answer of answers) output.add(request, answer);
    if (quit) output.finish();
  }
}

/** The answers to one read, written together. */
class Output {
  readonly #socket: Socket;
  #parts: Buffer[] = [];
  #bytes = 0;
  finished = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  add({ opcode, opaque }: Frame, { status, cas, extras, key, value }: Answer): void {
    const token = cas === undefined ? undefined : Buffer.alloc(8);
    token?.writeBigUInt64BE(cas ?? 0n);
    const head = frameHead({ magic: RESPONSE, opcode, status, opaque, cas: token, extras, key, valueBytes: value?.length ?? 0 });
    this.#parts.push(head);
    this.#bytes += head.length;
    if (value && value.length > 0) {
      this.#parts.push(value);
      this.#bytes += value.length;
    }
  }

  /** Nothing more will be answered: the next flush is the last. */
  finish(): void {
    this.finished = true;
  }

  flush(): void {
    const socket = this.#socket;
    if (this.#bytes > 0) {
      if (this.#bytes <= JOIN_BYTES) socket.write(Buffer.concat(this.#parts, this.#bytes));
      else {
        socket.cork();
        for (const part of this.#parts) socket.write(part);
        socket.uncork();
      }
      this.#parts = [];
      this.#bytes = 0;
    }
    if (this.finished) socket.destroySoon();
  }
}
