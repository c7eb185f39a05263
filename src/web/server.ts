/**
 * The HTTP server that the master and nodes with a `webport` share.
 *
 * Every request passes the guard, then finds its handler by method and path, and is answered once: by the handler, or by the
 * deadline. Knows nothing of what the routes do. Loaded only by processes that have a web port.
 */
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { holderOf } from '../config/portholder';
import { StartFailed } from '../errors';
import { LineBudget } from '../log/budget';
import type { Logger } from '../log/log';
import type { CallBatches } from '../metrics/callbatches';
import type { Count, Metrics } from '../metrics/metrics';
import type { Place } from '../services/target';
import { AccessGuard, type GuardOptions, type Refusal } from './guard';
import { errorReply, type FileAnswer, type Reply, thrownReply, toReply } from './reply';
import { IncomingRequest, type WebRequest } from './request';
import { RouteTable, type RouteTraits, type WebHandler, type WebMethod } from './routes';
import { WaitingConnections } from './waiting';

export interface WebOptions extends GuardOptions {
  readonly log: Logger;
  readonly metrics?: Metrics;
  /** Counts handlers for the node's reloads. */
  readonly calls?: CallBatches;
  /** The table to look a request up in, asked for each: a reload puts another in its place. A table of the server's own when left out. */
  readonly routes?: () => RouteTable;
  /** Told of each act that was let in and what came of it: what is not asked with GET, and routes that are acts. */
  readonly audit?: (request: WebRequest, reply: Reply) => void;
  /** How long a handler may take, in milliseconds; 30 s when left out. */
  readonly deadlineMs?: number;
  /** Requests that may be under way at once; more are answered 503. 256 when left out. */
  readonly inFlight?: number;
}

const HEADER_BYTES = 16 * 1024;
const KEEP_ALIVE_MS = 5_000;
const HEADERS_MS = 10_000;
/** How often the same kind of refusal gets a line in the log. */
const REFUSAL_LINE_MS = 1_000;
/** How often a second connections that were closed to make room get a line. */
const CROWD_LINES = 1;

const SECURITY_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'self'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

export class WebServer {
  readonly #routes: () => RouteTable;
  readonly #options: WebOptions;
  readonly #guard: AccessGuard;
  readonly #deadlineMs: number;
  readonly #server: Server;
  readonly #refused: Count | undefined;
  readonly #refusals = new Map<Refusal['kind'], { until: number; unlogged: number }>();
  readonly #waiting: WaitingConnections;
  #inFlight = 0;
  #closing: Promise<void> | undefined;

  constructor(options: WebOptions) {
    this.#options = options;
    const own = new RouteTable();
    this.#routes = options.routes ?? (() => own);
    this.#guard = new AccessGuard(options);
    this.#deadlineMs = options.deadlineMs ?? 30_000;
    this.#server = createServer({
      maxHeaderSize: HEADER_BYTES,
      headersTimeout: Math.min(HEADERS_MS, this.#deadlineMs),
      requestTimeout: this.#deadlineMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 1_000,
    });
    // A client that stops reading its answer is let go; a handler at work is ended by its own deadline before this.
    this.#server.setTimeout(this.#deadlineMs + HEADERS_MS);
    this.#waiting = this.#waitingConnections();
    this.#server.on('connection', (socket: Socket) => this.#waiting.opened(socket));
    this.#server.on('request', (incoming, response) => void this.#serve(incoming, response));
    options.metrics?.gauge('firefly_web_in_flight', 'Web requests under way', () => this.#inFlight);
    this.#refused = options.metrics?.counter('firefly_web_refused_total', 'Web requests refused by the access guard');
  }

  /** Registers a handler in the current table: see `RouteTable.add`. */
  route(method: WebMethod, path: string, handler: WebHandler, place?: Place, traits?: RouteTraits): void {
    this.#routes().add(method, path, handler, place, traits);
  }

  /**
   * Starts listening.
   *
   * @returns the port; a real one when 0 was asked for
   * @throws StartFailed when the port cannot be had, naming it
   */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const failed = (cause: NodeJS.ErrnoException) => {
        const taken = () => `${holderOf(port) ?? 'another process'} listens there; stop it or change webport`;
        const why = cause.code === 'EADDRINUSE' ? taken() : cause.message;
        reject(new StartFailed(`web port ${host}:${port} cannot be opened: ${why}`, { cause }));
      };
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        this.#server.on('error', (error) => this.#options.log.error({ error }, 'web port failed'));
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Stops listening, ends idle connections, and waits for the answers under way; after `graceMs` they are cut. */
  close(graceMs = 2_000): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      const cut = setTimeout(() => this.#server.closeAllConnections(), graceMs);
      // The callback's error says only that it never listened.
      this.#server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
    return this.#closing;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = this.#begin(incoming);
    response.once('close', () => {
      answered();
      if (this.#closing) this.#server.closeIdleConnections();
    });
    // A socket that breaks ends its request; there is nobody left to tell.
    incoming.on('error', () => undefined);
    response.on('error', () => undefined);
    const { reply, headers } = await this.#decide(incoming, response);
    if (response.destroyed) return;
    // What was not read of a body is not waited for: the connection ends with the answer.
    const last = this.#closing !== undefined || !incoming.complete;
    response.writeHead(reply.status, {
      ...SECURITY_HEADERS,
      ...(reply.status === 204 ? {} : { 'Content-Type': reply.type, 'Content-Length': reply.file?.bytes ?? reply.bytes.length }),
      ...(reply.file ? { 'Content-Disposition': `attachment; filename="${reply.file.name}"` } : {}),
      ...headers,
      ...(last ? { Connection: 'close' } : {}),
    });
    if (reply.file) return sendFile(reply.file, response);
    response.end(incoming.method === 'HEAD' ? undefined : reply.bytes);
    answered();
  }

  /** A request is under way from here to its answer, whether that is read or not. @returns ends that, when it is called first */
  #begin(incoming: IncomingMessage): () => void {
    const waits = this.#waiting.asks(incoming);
    let underWay = true;
    this.#inFlight += 1;
    return () => {
      if (!underWay) return;
      underWay = false;
      this.#inFlight -= 1;
      waits();
    };
  }

  async #decide(incoming: IncomingMessage, response: ServerResponse): Promise<{ reply: Reply; headers?: Record<string, string> }> {
    const request = new IncomingRequest(incoming);
    const route = this.#routes().at(request.path);
    const traits = route?.traits(request.method) ?? {};
    const refusal = this.#check(incoming);
    request.isTrusted = refusal === undefined;
    // Who comes from a foreign page or under a foreign name gets nothing at all.
    const isStranger = refusal?.kind === 'token' || refusal?.kind === 'remote';
    if (refusal && !(traits.open && isStranger)) {
      this.#logRefusal(refusal, incoming);
      const headers = refusal.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {};
      return { reply: errorReply(refusal.status, refusal.reason), headers };
    }
    const bound = this.#options.inFlight ?? 256;
    if (this.#inFlight > bound) {
      const reply = errorReply(503, `more than ${bound} requests are under way; ask again`, 'FF_QUEUE_FULL');
      return { reply, headers: { 'Retry-After': '1' } };
    }
    if (!route) return { reply: errorReply(404, `nothing is at ${request.path}`) };
    const handler = route.handler(request.method);
    if (!handler) {
      const allow = route.methods.join(', ');
      return { reply: errorReply(405, `${request.path} takes ${allow}`), headers: { Allow: allow } };
    }
    const reply = await this.#run(handler, request, response);
    if (traits.act ?? request.method !== 'GET') this.#options.audit?.(request, reply);
    return { reply };
  }

  #run(handler: WebHandler, request: IncomingRequest, response: ServerResponse): Promise<Reply> {
    const { log, calls } = this.#options;
    const batch = calls?.begin();
    const what = `${request.method} ${request.path}`;
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        log.error({ request: what, ms: this.#deadlineMs }, 'web request got no answer within its deadline');
        resolve(errorReply(503, `${what}: no answer within ${this.#deadlineMs} ms`, 'FF_DEADLINE'));
      }, this.#deadlineMs);
      // The peer left, or close() cut it: nobody waits any more.
      response.once('close', () => clearTimeout(deadline));
      const work = async () => toReply(await handler(request));
      work()
        .catch((error: unknown) => {
          if (request.refused && error === request.refused) return errorReply(413, request.refused.message, request.refused.code);
          log.error({ request: what, error }, 'web handler failed');
          return thrownReply(what, error);
        })
        .then(resolve)
        .finally(() => batch?.end());
    });
  }

  #waitingConnections(): WaitingConnections {
    const { metrics, log } = this.#options;
    const count = metrics?.counter('firefly_web_dropped_total', 'Connections to the web port closed to make room for others');
    const lines = new LineBudget(CROWD_LINES);
    return new WaitingConnections((address) => {
      count?.inc();
      if (!lines.allows()) return;
      const unlogged = lines.takeRefused(true);
      log.warn(
        { event: 'crowd', address, ...(unlogged > 0 ? { unlogged } : {}) },
        'too many connections to the web port wait; the oldest of the address with most is closed',
      );
    });
  }

  #check(incoming: IncomingMessage): Refusal | undefined {
    const { socket } = incoming;
    return this.#guard.check({
      headers: incoming.headers,
      hostLines: incoming.headersDistinct.host ?? [],
      remoteAddress: socket.remoteAddress ?? '',
      localAddress: socket.localAddress ?? '',
      localPort: socket.localPort ?? 0,
    });
  }

  #logRefusal(refusal: Refusal, incoming: IncomingMessage): void {
    this.#refused?.inc();
    const now = performance.now();
    const last = this.#refusals.get(refusal.kind);
    if (last && now < last.until) {
      last.unlogged += 1;
      return;
    }
    this.#refusals.set(refusal.kind, { until: now + REFUSAL_LINE_MS, unlogged: 0 });
    this.#options.log.warn(
      {
        reason: refusal.reason,
        address: incoming.socket.remoteAddress,
        request: `${incoming.method} ${(incoming.url ?? '').split('?', 1)[0]?.slice(0, 100)}`,
        host: incoming.headers.host?.slice(0, 100),
        ...(last?.unlogged ? { unlogged: last.unlogged } : {}),
      },
      'web request refused',
    );
  }
}

function sendFile({ path }: FileAnswer, response: ServerResponse): void {
  // It may be gone, or shorter by now: half an answer is then cut off, so that nobody takes it for a whole one.
  const file = createReadStream(path).on('error', () => response.destroy());
  response.on('close', () => file.destroy());
  file.pipe(response);
}
