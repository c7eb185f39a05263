/**
 * The requests of all clients of a front: each is counted, traced and given to its handler, and what a handler throws becomes a log line and an answer.
 *
 * Here, and not in the connections, since rates, latencies and "how many are under way" are the front's.
 */
import { NoSuchTarget } from '../errors';
import { isDebug } from '../log/level';
import type { Logger } from '../log/log';
import type { RequestTracing } from '../log/trace';
import type { CallBatch, CallBatches } from '../metrics/callbatches';
import type { HandlerSlot } from '../metrics/handlers';
import type { Metrics } from '../metrics/metrics';
import type { CommandService } from '../services/commandservice';
import type { Connection } from './connection';
import type { Frame } from './framereader';
import { InFlight } from './inflight';
import type { FrontReport } from './report';

/** What the game has set on the factory. Read for each frame, so that a reload swaps it. */
export interface Handling {
  readonly service: CommandService;
  doDataReceived(connection: Connection, command: number, data: Buffer): unknown;
  readonly errorEncoder: ((error: unknown, command: number, connection: Connection) => Buffer | string | undefined) | undefined;
}

export interface RequestsOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly report: FrontReport;
  readonly calls: CallBatches;
  /** Nothing is traced without it. */
  readonly tracing?: RequestTracing | undefined;
}

export class Requests {
  readonly inFlight = new InFlight();
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #report: FrontReport;
  readonly #calls: CallBatches;
  readonly #tracing: RequestTracing | undefined;
  readonly #handling: Handling;
  readonly #slots = new Map<number, HandlerSlot>();
  /** Of the catch-all. */
  #rest: HandlerSlot | undefined;

  constructor(options: RequestsOptions, handling: Handling) {
    this.#log = options.log;
    this.#metrics = options.metrics;
    this.#report = options.report;
    this.#calls = options.calls;
    this.#tracing = options.tracing;
    this.#handling = handling;
  }

  /** Runs the handler of a frame. May throw. */
  receive(connection: Connection, { command, payload }: Frame): unknown {
    this.#report.tally.frames += 1;
    if (isDebug(this.#log) && this.#handling.service.isDisplayed(command)) {
      this.#log.debug({ connection: connection.id, command }, `client ${connection.id} calls ${command}`);
    }
    if (!this.#tracing) return this.#handling.doDataReceived(connection, command, payload);
    return this.#tracing.request(command, () => this.#handling.doDataReceived(connection, command, payload));
  }

  /** @returns what `ended` wants to have */
  started(): CallBatch {
    this.inFlight.started();
    return this.#calls.begin();
  }

  ended(batch: CallBatch): void {
    this.inFlight.ended();
    batch.end();
  }

  /** Where the handler of a command is counted. */
  slotOf(command: number): HandlerSlot | undefined {
    return this.#slots.get(command) ?? this.#newSlot(command);
  }

  #newSlot(command: number): HandlerSlot | undefined {
    const { service } = this.#handling;
    const counted = service.countedAs(command);
    if (counted === undefined) return undefined;
    if (counted !== command && this.#rest) return this.#rest;
    const slot = this.#metrics.handlers.slot(service.name, counted);
    // Clients may send any number: only those with a handler of their own are kept.
    if (counted === command) this.#slots.set(command, slot);
    else this.#rest = slot;
    return slot;
  }

  /** Reports what a handler threw. @returns the answer for the client, if any */
  failed(connection: Connection, command: number, error: unknown): Uint8Array | string | undefined {
    const { service } = this.#handling;
    if (error instanceof NoSuchTarget && error.service === service.name && error.target === command) {
      this.#report.crowd('unknownCommand', `command ${command} of client ${connection.id} (${connection.address}) has no handler`);
      return undefined;
    }
    this.#report.handlerError(command, connection, error);
    if (!connection.isOpen) return undefined;
    try {
      return this.#handling.errorEncoder?.(error, command, connection);
    } catch (encoderError) {
      this.#log.error({ error: encoderError, command }, `the error encoder failed for command ${command}`);
      return undefined;
    }
  }
}
