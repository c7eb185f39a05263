/**
 * A port for clients: listens, and leads each client through the doors that the port has, PROXY header, TLS, WebSocket, to where frames are read.
 *
 * Plain TCP has no door at all and pays for none.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { plainAddress } from '../config/address';
import type { Limits } from '../config/config';
import { holderOf } from '../config/portholder';
import { StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Admission } from './admission';
import type { Arrival, Arrivals, Step } from './arrivals';
import type { Door } from './door';
import type { Flusher } from './outbox';
import { proxyDoor } from './proxydoor';
import type { FrontReport } from './report';
import type { ClientStream } from './stream';
import type { TlsCredentials } from './tlsdoor';

export interface PortOptions {
  /** Clients speak WebSocket; plain TCP when left out. */
  readonly webSocket?: boolean;
  /** WebSocket only: pages that browsers may connect from; any when left out. */
  readonly origins?: readonly string[];
  readonly tls?: TlsCredentials;
  /** A proxy stands in front and says with a PROXY header (version 2) who its clients are. Without the header nobody gets in. */
  readonly proxyProtocol?: boolean;
}

/** What a port needs of its front. */
export interface PortHost {
  readonly log: Logger;
  readonly limits: Limits;
  readonly report: FrontReport;
  readonly flusher: Flusher;
  readonly admission: Admission;
  readonly arrivals: Arrivals;
  /** Takes a client that holds a place. */
  accept(stream: ClientStream, address: string): void;
}

/** The door where clients come in. */
interface Entrance {
  readonly step: Step;
  readonly door: Door;
  /** Who the client is has to be found out there. */
  readonly proxied: boolean;
}

/** TCP asks after a silent client from here on. */
const KEEPALIVE_MS = 60_000;

export class ClientPort {
  readonly #host: PortHost;
  readonly #first: Entrance | undefined;
  readonly #beat: () => void;
  readonly #server: Server;
  #place: { readonly port: number; readonly bind: string; readonly name: string } | undefined;

  private constructor(host: PortHost, first: Entrance | undefined, beat: () => void) {
    this.#host = host;
    this.#first = first;
    this.#beat = beat;
    this.#server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS, allowHalfOpen: true }, (socket) =>
      this.#take(socket),
    );
  }

  /** Opens nothing yet. @throws StartFailed when certificate and key are of no use */
  static async create(host: PortHost, options: PortOptions): Promise<ClientPort> {
    const { arrivals, log } = host;
    const arrive = (stream: ClientStream, arrival: Arrival) => {
      arrivals.end(arrival);
      host.accept(stream, arrival.address);
    };
    let first: Entrance | undefined;
    let door: Door = arrive;
    let beat = () => {};
    if (options.webSocket) {
      const { WebSocketDoor } = await import('./websocketdoor.js');
      const webSocket = new WebSocketDoor({ ...host, accept: arrive, ...(options.origins ? { origins: options.origins } : {}) });
      door = webSocket.door;
      beat = () => webSocket.beat();
      first = { step: 'WebSocket upgrade', door, proxied: false };
    }
    if (options.tls) {
      const { tlsDoor } = await import('./tlsdoor.js');
      door = tlsDoor(options.tls, arrivals, log, door);
      first = { step: 'TLS handshake', door, proxied: false };
    }
    if (options.proxyProtocol) {
      door = proxyDoor(arrivals, door);
      first = { step: 'PROXY header', door, proxied: true };
    }
    return new ClientPort(host, first, beat);
  }

  /**
   * @param port 0 for any free one
   * @param name of the port in the config
   * @returns the port
   * @throws StartFailed when the port cannot be had
   */
  async listen(port: number, bind: string, name: string): Promise<number> {
    const server = this.#server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: NodeJS.ErrnoException) => {
        const taken = () => `${holderOf(port) ?? 'another process'} listens there; stop it or change the port`;
        const why = cause.code === 'EADDRINUSE' ? taken() : cause.message;
        reject(new StartFailed(`${name} ${port} on ${bind}: ${why}`, { cause }));
      });
      server.listen({ port, host: bind, backlog: 1024 }, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', (error) => this.#host.log.error({ error }, `${name} ${port}: a client could not be accepted: ${error.message}`));
    const address = server.address();
    const listened = typeof address === 'object' && address ? address.port : port;
    this.#place = { port: listened, bind, name };
    return listened;
  }

  /** Once a second or so. */
  beat(): void {
    this.#beat();
  }

  /** Stops listening. Settles when the last socket is closed. */
  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  /** Listens again where it did. @throws StartFailed when somebody else has the port now */
  async reopen(): Promise<void> {
    if (this.#place) await this.listen(this.#place.port, this.#place.bind, this.#place.name);
  }

  #take(socket: Socket): void {
    const { admission, arrivals } = this.#host;
    if (this.#first) {
      const { step, door, proxied } = this.#first;
      const arrival = arrivals.begin(socket, step, proxied);
      if (arrival) door(socket, arrival);
      return;
    }
    // A client that is gone already has no address.
    const address = socket.remoteAddress === undefined ? undefined : plainAddress(socket.remoteAddress);
    if (address === undefined || !admission.enter(address)) socket.destroy();
    else this.#host.accept(socket, address);
  }
}
