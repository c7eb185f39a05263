/**
 * A memcached for a cluster that has none: the binary protocol over TCP or a socket in the file system, hosted by dbfront.
 *
 * Bounded in bytes and connections. Bytes that are not the protocol close the connection they came from and nothing else; a client that does not read its answers is not read from either.
 */
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
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
    await this.#listen({ port, host }, `${host}:${port}`);
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : port;
  }

  /** Listens at a path, for processes of this user and for root. @throws StartFailed */
  async listenAt(path: string): Promise<void> {
    await this.#listen({ path }, path);
    // The folder it lies in should let nobody else in either: until here the mode is what the umask leaves.
    await chmod(path, 0o600);
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

  async #listen(place: ListenOptions, name: string): Promise<void> {
    this.#server.listen(place);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      throw new StartFailed(`the embedded memcached cannot listen on ${name}: ${(error as Error).message}`, { cause: error });
    }
    this.#server.on('error', (error) => this.#log?.error({ error }, 'embedded memcached'));
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
