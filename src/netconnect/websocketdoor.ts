/**
 * The HTTP side of a WebSocket port: upgrades what asks for a WebSocket and refuses everything else.
 *
 * Loads ws, so only nodes with a `wsport` load this.
 */
import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Server, WebSocketServer } from 'ws';
import type { Limits } from '../config/config';
import type { Arrival, Arrivals } from './arrivals';
import type { Door } from './door';
import { MessageWriter } from './messagewriter';
import type { Flusher } from './outbox';
import { OwnedWebSocket } from './ownedwebsocket';
import type { FrontReport } from './report';
import { type WebSocketHouse, WebSocketStream } from './websocketstream';

/** A message may hold a frame of the largest payload and so much more: its header, and other frames. */
const MORE_BYTES = 64 * 1024;
const HEADER_BYTES = 8 * 1024;

export interface WebSocketDoorOptions {
  readonly limits: Limits;
  readonly report: FrontReport;
  readonly flusher: Flusher;
  readonly arrivals: Arrivals;
  /** Pages that browsers may connect from; any when left out. */
  readonly origins?: readonly string[];
  accept(stream: WebSocketStream, arrival: Arrival): void;
}

export class WebSocketDoor {
  readonly #options: WebSocketDoorOptions;
  readonly #origins: ReadonlySet<string> | undefined;
  /** Listens nowhere: it is given its sockets. */
  readonly #http = createServer({ maxHeaderSize: HEADER_BYTES });
  readonly #upgrader: Server<typeof OwnedWebSocket>;
  readonly #house: WebSocketHouse;
  readonly #arriving = new WeakMap<Duplex, Arrival>();
  readonly #streams = new Set<WebSocketStream>();

  constructor(options: WebSocketDoorOptions) {
    const { limits, report, flusher } = options;
    const messageBytes = limits.payloadBytes + MORE_BYTES;
    this.#options = options;
    this.#origins = options.origins && new Set(options.origins);
    this.#house = {
      limits,
      flusher,
      writer: new MessageWriter(),
      messageBytes,
      silent: (address) =>
        report.crowd('pingMs', `a client from ${address} was closed: it answered no ping (limit pingMs = ${limits.pingMs})`),
      gone: (stream) => this.#streams.delete(stream),
    };
    this.#upgrader = new WebSocketServer({
      WebSocket: OwnedWebSocket,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: messageBytes,
      // Many small pieces of one message cost far more memory than their bytes.
      maxFragments: 64,
      maxBufferedChunks: 64 + Math.ceil(messageBytes / 64),
      autoPong: false,
      // Text is refused whatever it is.
      skipUTF8Validation: true,
    });
    this.#upgrader.on('wsClientError', (error, socket) => this.#refuse(socket, 400, error.message));
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#http.on('request', (request, response) => this.#answer(request, response));
    this.#http.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#clientError(error, socket));
  }

  /** Takes a socket that is to speak HTTP. */
  readonly door: Door = (socket, arrival) => {
    arrival.step = 'WebSocket upgrade';
    this.#arriving.set(socket, arrival);
    this.#http.emit('connection', socket);
  };

  /** Looks after all streams of the port. */
  beat(): void {
    const now = performance.now();
    for (const stream of this.#streams) stream.beat(now);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', ignore);
    const { origin } = request.headers;
    // Without an Origin it is no browser, and who is no browser could write any.
    if (origin !== undefined && this.#origins && !this.#origins.has(origin.toLowerCase())) {
      this.#refuse(socket, 403, 'a page of another origin than those in wsorigins');
      return;
    }
    this.#upgrader.handleUpgrade(request, socket, head, (ws) => {
      const arrival = this.#arriving.get(socket);
      if (!arrival) {
        ws.terminate();
        return;
      }
      this.#arriving.delete(socket);
      // ws looks after errors from here on.
      socket.removeListener('error', ignore);
      // Doors hand on sockets only.
      const stream = new WebSocketStream(ws, socket as Socket, arrival.address, this.#house);
      this.#streams.add(stream);
      this.#options.accept(stream, arrival);
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#refused(request.socket, 'an HTTP request on the WebSocket port');
    const body = 'This port speaks WebSocket only.\n';
    const headers = { Connection: 'close', Upgrade: 'websocket', 'Content-Type': 'text/plain', 'Content-Length': body.length };
    response.writeHead(426, headers).end(request.method === 'HEAD' ? undefined : body);
  }

  #clientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    // Health checks come and go without a word.
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
    else this.#refuse(socket, error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400, `no HTTP request: ${error.message}`);
  }

  #refuse(socket: Duplex, status: number, reason: string): void {
    this.#refused(socket, reason);
    const body = `${reason}\n`;
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Sec-WebSocket-Version: 13',
      'Content-Type: text/plain',
      `Content-Length: ${Buffer.byteLength(body)}`,
    ];
    socket.once('finish', () => socket.destroy());
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  }

  #refused(socket: Duplex, reason: string): void {
    this.#options.arrivals.refused(this.#arriving.get(socket), 'upgrade', reason);
  }
}

/** What follows an error is a close. */
function ignore(): void {}
