/**
 * A WebSocket as the stream that a client's connection reads and writes: one binary message is one chunk of whole frames.
 *
 * What WebSocket adds to a stream is dealt with here: text messages, control frames and their number, pings, close codes.
 */
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Limits } from '../config/config';
import { BadFrame, TooLarge } from '../errors';
import { MessageReader, type MessageTargets } from './messagereader';
import { MessageWriter } from './messagewriter';
import type { Flushable, Flusher } from './outbox';
import type { OwnedWebSocket, WebSocketOwner } from './ownedwebsocket';
import { type ClientStream, Goodbye, type GoodbyeCode } from './stream';

/** What all WebSocket streams of a port share. */
export interface WebSocketHouse {
  readonly limits: Limits;
  readonly flusher: Flusher;
  readonly writer: MessageWriter;
  /** The largest message. */
  readonly messageBytes: number;
  /** It has answered no ping for `pingMs` and is closed. */
  silent(address: string): void;
  gone(stream: WebSocketStream): void;
}

/** A close frame carries so much text. */
const REASON_BYTES = 123;

export class WebSocketStream implements ClientStream, Flushable, MessageTargets, WebSocketOwner {
  readonly wholeFrames = true;
  readonly #ws: OwnedWebSocket;
  readonly #socket: Socket;
  readonly #address: string;
  readonly #house: WebSocketHouse;
  #onData: (chunk: Buffer) => void = () => {};
  #onEnd: () => void = () => {};
  #onClose: () => void = () => {};
  #onError: (error: Error) => void = () => {};
  #isPaused = false;
  /** Messages of what was read already when reading was paused. */
  #waiting: Buffer[] = [];
  #goodbye: { readonly code: GoodbyeCode; readonly reason: string } | undefined;
  #hasEnded = false;
  #reader: MessageReader | undefined;
  /** How ws takes what was read. */
  #wsReads: (bytes: Buffer) => void = () => {};
  /** Whether anything came since the last beat. */
  #heard = true;
  #heardAt = 0;
  #isPinged = false;
  /** Pings and pongs since the last beat. */
  #controls = 0;
  /** The ping to answer: the last one, as RFC 6455 allows (5.5.3), so that many of them cost one write. */
  #ping: Buffer | undefined;
  #isDue = false;

  constructor(ws: OwnedWebSocket, socket: Socket, address: string, house: WebSocketHouse) {
    this.#ws = ws;
    this.#socket = socket;
    this.#address = address;
    this.#house = house;
    ws.owner = this;
    this.#shorten();
    repackListeners(socket);
  }

  get writableLength(): number {
    return this.#ws.bufferedAmount;
  }

  get destroyed(): boolean {
    return this.#ws.readyState !== this.#ws.OPEN;
  }

  write(bytes: Uint8Array): void {
    if (this.destroyed) return;
    if (bytes.length <= MessageWriter.MOST_BYTES) this.#house.writer.write(this.#socket, bytes);
    else this.#ws.send(bytes);
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  pause(): void {
    this.#isPaused = true;
    this.#ws.pause();
  }

  resume(): void {
    this.#isPaused = false;
    let at = 0;
    while (at < this.#waiting.length && !this.#isPaused) {
      const message = this.#waiting[at++];
      if (message) this.#onData(message);
    }
    this.#waiting.splice(0, at);
    if (!this.#isPaused) this.#ws.resume();
  }

  goodbye(code: GoodbyeCode, reason: string): void {
    this.#goodbye ??= { code, reason };
  }

  end(): void {
    this.#hasEnded = true;
    const { code, reason } = this.#goodbye ?? { code: Goodbye.done, reason: '' };
    this.#ws.close(code, shortened(reason));
  }

  destroy(): void {
    this.#ws.terminate();
  }

  on(event: 'data', listener: (chunk: Buffer) => void): void;
  on(event: 'end' | 'close', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'data' | 'end' | 'close' | 'error', listener: ((chunk: Buffer) => void) & (() => void) & ((error: Error) => void)): void {
    if (event === 'data') this.#onData = listener;
    else if (event === 'end') this.#onEnd = listener;
    else if (event === 'close') this.#onClose = listener;
    else this.#onError = listener;
  }

  /** Once a second or so: pings a silent client, gives up one that does not answer, sees that one has said goodbye. */
  beat(now: number): void {
    const { pingMs } = this.#house.limits;
    this.#controls = 0;
    if (this.#ping) this.flush();
    if (this.destroyed) {
      if (!this.#hasEnded) this.#onEnd();
      this.#hasEnded = true;
      return;
    }
    // While nothing is read, silence means nothing.
    if (this.#heard || this.#isPaused) {
      this.#heard = false;
      this.#heardAt = now;
      this.#isPinged = false;
    } else if (pingMs > 0 && now - this.#heardAt >= pingMs) {
      if (!this.#isPinged) {
        this.#isPinged = true;
        this.#ws.ping();
      } else if (now - this.#heardAt >= 2 * pingMs) {
        this.#house.silent(this.#address);
        this.#ws.terminate();
      }
    }
  }

  /** Answers the last ping, unless what was sent before still waits for the client to read. */
  flush(): void {
    this.#isDue = false;
    if (!this.#ping || this.writableLength > 0) return;
    if (!this.destroyed) this.#ws.pong(this.#ping);
    this.#ping = undefined;
  }

  message(data: Buffer, isBinary = true): void {
    // What was not read when the socket closed reaches ws without its beginning.
    if (this.#socket.destroyed) return;
    this.#heard = true;
    if (!isBinary) this.#refuse(Goodbye.textMessage, 'a text message; frames travel in binary messages');
    else if (data.length === 0) this.#refuse(Goodbye.badFrame, 'a message without a frame');
    else if (this.#isPaused) this.#waiting.push(data);
    else this.#onData(data);
  }

  ws(bytes: Buffer): void {
    this.#wsReads.call(this.#socket, bytes);
  }

  pinged(data: Buffer): void {
    this.control();
    // A copy: the view would keep what was read with it.
    this.#ping = Buffer.from(data);
    if (this.#isDue) return;
    this.#isDue = true;
    this.#house.flusher.schedule(this);
  }

  /** Control frames cost a client almost nothing, so they have the bound that frames have. */
  control(): void {
    this.#heard = true;
    this.#controls += 1;
    const { framesPerSecond } = this.#house.limits;
    if (this.#controls > framesPerSecond)
      this.#refuse(Goodbye.limit, `more pings and pongs a second than messages are allowed (${framesPerSecond})`);
  }

  failed(error: NodeJS.ErrnoException): void {
    this.#reader?.close();
    const { messageBytes } = this.#house;
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#onError(new TooLarge('a message', messageBytes + 1, messageBytes));
    else if (error.code?.startsWith('WS_ERR_')) this.#onError(new BadFrame(`a broken WebSocket frame: ${error.message}`));
    else this.#onError(error);
  }

  closed(): void {
    this.#hasEnded = true;
    this.#waiting = [];
    this.#house.gone(this);
    this.#onClose();
  }

  /** Reads usual messages past ws, which gets everything else as before. */
  #shorten(): void {
    const [listener, ...others] = this.#socket.listeners('data');
    // Another ws than we know: it reads everything itself.
    if (!listener || others.length > 0) return;
    this.#wsReads = listener as (bytes: Buffer) => void;
    const reader = new MessageReader(this, this.#house.messageBytes);
    this.#reader = reader;
    this.#socket.removeAllListeners('data');
    this.#socket.on('data', (chunk: Buffer) => reader.read(chunk));
  }

  #refuse(code: GoodbyeCode, reason: string): void {
    this.goodbye(code, reason);
    this.#onError(new BadFrame(reason));
  }
}

/** Writes a socket's listeners into a new table: that of a socket which HTTP had is several times as large as what is left in it. */
function repackListeners(socket: Socket): void {
  const kept = socket.eventNames().map((event) => [event, socket.rawListeners(event)] as const);
  // EventEmitter's own methods: those of a stream would change whether it flows.
  const { on, removeAllListeners } = EventEmitter.prototype;
  removeAllListeners.call(socket);
  for (const [event, listeners] of kept) for (const listener of listeners) on.call(socket, event, listener as () => void);
}

/** Cut, between two characters, to what a close frame can carry. */
function shortened(reason: string): string {
  const bytes = Buffer.from(reason);
  return bytes.length <= REASON_BYTES ? reason : bytes.toString('utf8', 0, REASON_BYTES).replace(/\uFFFD+$/, '');
}
