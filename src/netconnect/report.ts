/**
 * Says what the client front refuses, pauses and closes: a counter for each cause, and a line in the log.
 *
 * A cause is logged once for each connection, up to a number of lines a second; what a crowd can cause (refusals, unknown commands, failing handlers) once a second with its count.
 */
import { LineBudget } from '../log/budget';
import type { Logger } from '../log/log';
import type { Count, Metrics } from '../metrics/metrics';
import { messageOf } from '../thrown';

/** The connection as the log names it. */
export interface Client {
  readonly id: number;
  readonly address: string;
}

const CAUSES = {
  connections: ['firefly_net_refused_connections_total', 'Connections refused because the node has its full number'],
  connectionsPerAddress: ['firefly_net_refused_address_total', 'Connections refused because their address has its full number'],
  payloadBytes: ['firefly_net_closed_payload_total', 'Connections closed for a payload above the limit'],
  badFrame: ['firefly_net_closed_bad_frame_total', 'Connections closed for bytes that are no frame'],
  framesPerSecond: ['firefly_net_paused_rate_total', 'Pauses of reading because a connection sent too many frames a second'],
  inFlightPerConnection: ['firefly_net_paused_in_flight_total', 'Pauses of reading because a connection has too many requests in flight'],
  unsentBytes: ['firefly_net_closed_slow_total', 'Connections closed because the client does not read what it is sent'],
  firstFrameMs: ['firefly_net_closed_first_frame_total', 'Connections closed because no frame came in time'],
  pingMs: ['firefly_net_closed_ping_total', 'WebSocket connections closed because the client answered no ping'],
  proxyHeader: ['firefly_net_refused_proxy_total', 'Connections refused because no PROXY header of version 2 came first'],
  tlsHandshake: ['firefly_net_refused_tls_total', 'Connections refused because the TLS handshake failed'],
  upgrade: ['firefly_net_refused_upgrade_total', 'HTTP requests on the WebSocket port that were refused'],
  idleMs: ['firefly_net_closed_idle_total', 'Connections closed because nothing came for too long'],
  unknownCommand: ['firefly_net_unknown_commands_total', 'Frames whose command has no handler'],
  handlerError: ['firefly_net_handler_errors_total', 'Handlers that threw, and answers that could not be encoded'],
  frames: ['firefly_net_frames_total', 'Frames received'],
  answers: ['firefly_net_answers_total', 'Answers sent'],
  pushes: ['firefly_net_pushes_total', 'Pushed frames, one for each receiver'],
} as const satisfies Record<string, readonly [name: string, help: string]>;

export type Cause = keyof typeof CAUSES;

/** Causes for which reading is paused. */
export type PauseCause = 'framesPerSecond' | 'inFlightPerConnection';

/** Handler errors that are logged with their stack in one second; the rest is counted. A gate that is down must not fill the disk. */
const ERRORS_A_SECOND = 20;

/** Lines a second about single clients that break the protocol or come to a limit. */
const CLIENTS_A_SECOND = 50;

export class FrontReport {
  readonly #counts: Readonly<Record<Cause, Count>>;
  readonly #crowds = new Map<Cause, { since: number; more: number; last: string }>();
  /** What happens too often to pay for a metric each time; handed over with each flush, so metrics are up to a second late. */
  readonly tally = { frames: 0, answers: 0, pushes: 0 };
  readonly #errors = new LineBudget(ERRORS_A_SECOND);
  readonly #clients = new LineBudget(CLIENTS_A_SECOND);

  constructor(
    readonly log: Logger,
    metrics: Metrics,
  ) {
    const names = Object.keys(CAUSES) as Cause[];
    this.#counts = Object.fromEntries(names.map((cause) => [cause, metrics.counter(CAUSES[cause][0], CAUSES[cause][1])])) as Record<
      Cause,
      Count
    >;
  }

  count(cause: Cause, by = 1): void {
    if (by > 0) this.#counts[cause].inc(by);
  }

  /** A client came to a limit. */
  atLimit(cause: Cause, client: Client, limit: number, what: string): void {
    if (!this.#clients.allows()) return;
    this.log.warn(
      { connection: client.id, address: client.address, limit: cause, value: limit },
      `client ${client.id} (${client.address}): ${what} (limit ${cause} = ${limit})`,
    );
  }

  /** A client sent what no client of this server sends. */
  badFrame(client: Client, reason: string): void {
    if (!this.#clients.allows()) return;
    this.log.warn({ connection: client.id, address: client.address, reason }, `client ${client.id} (${client.address}) closed: ${reason}`);
  }

  /** Counts, and logs at once or, within a second of the last line, together with the others. @param what what happened, for a person */
  crowd(cause: Cause, what: string): void {
    this.count(cause);
    const recent = this.#crowds.get(cause);
    if (recent) {
      recent.more += 1;
      recent.last = what;
      return;
    }
    this.#crowds.set(cause, { since: performance.now(), more: 0, last: what });
    this.log.warn({ limit: cause, count: 1 }, what);
  }

  /** A handler threw. */
  handlerError(command: number, client: Client, error: unknown): void {
    this.count('handlerError');
    if (!this.#errors.allows()) return;
    this.log.error({ connection: client.id, command, error }, `command ${command} of client ${client.id} failed: ${messageOf(error)}`);
  }

  /** Hands the tally to the metrics and writes the lines that wait for their second to end. @param all also those whose second has not ended */
  flush(all = false): void {
    for (const cause of ['frames', 'answers', 'pushes'] as const) {
      this.count(cause, this.tally[cause]);
      this.tally[cause] = 0;
    }
    const now = performance.now();
    for (const [cause, crowd] of this.#crowds) {
      if (!all && now - crowd.since < 1_000) continue;
      this.#crowds.delete(cause);
      if (crowd.more === 0) continue;
      this.log.warn({ limit: cause, count: crowd.more }, `${crowd.more} more times within a second: ${crowd.last}`);
      if (!all) this.#crowds.set(cause, { since: now, more: 0, last: crowd.last });
    }
    const errors = this.#errors.takeRefused(all);
    if (errors > 0)
      this.log.error({ count: errors }, `${errors} more handler errors within a second; only the first ${ERRORS_A_SECOND} are logged`);
    const clients = this.#clients.takeRefused(all);
    if (clients > 0)
      this.log.warn(
        { count: clients },
        `${clients} more clients broke the protocol or came to a limit within a second; only the first ${CLIENTS_A_SECOND} are logged`,
      );
  }
}
