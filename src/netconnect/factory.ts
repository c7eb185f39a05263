/**
 * The client front: listens, admits connections, runs the handlers of what they send and pushes to them.
 *
 * Owns every connection, timer and counter of the front; `close` ends them all. Which handlers there are is the service's business.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from '../config/config';
import type { Logger } from '../log/log';
import type { RequestTracing } from '../log/trace';
import { CallBatches } from '../metrics/callbatches';
import type { Metrics } from '../metrics/metrics';
import { Timing } from '../metrics/timing';
import { CommandService } from '../services/commandservice';
import { messageOf } from '../thrown';
import { Admission } from './admission';
import { Arrivals } from './arrivals';
import { ClientConnection } from './clientconnection';
import type { PortHost, PortOptions } from './clientport';
import { ClientPorts } from './clientports';
import type { Connection } from './connection';
import { DataPackProtoc, type DataProtocol } from './datapack';
import { within } from './deadline';
import type { Front } from './front';
import { type ConnectionHook, Hooks } from './hooks';
import { ConnectionManager } from './manager';
import { Flusher } from './outbox';
import { bytesOf, payloadOf } from './payload';
import { FrontReport } from './report';
import { Requests } from './requests';
import type { ClientStream } from './stream';
import { Sweep } from './sweep';

export interface FactoryOptions {
  readonly log: Logger;
  readonly limits: Limits;
  readonly metrics: Metrics;
  /** Nothing is traced without it. */
  readonly tracing?: RequestTracing | undefined;
  /** Counts handlers and hooks for the node's reloads. */
  readonly calls?: CallBatches;
  /** Gives each connection its number; unique in the cluster. */
  readonly nextId: () => number;
}

const QUIET_POLL_MS = 5;

/** What a client may take to read its last answers when the node stops: at least, also when the deadline is over, and at most. */
const LAST_WORDS_MS = 250;
const LAST_WORDS_MOST_MS = 1_000;

export class LiberateFactory {
  /** Handlers of commands. Looked up for each frame, so that a reload swaps it. */
  service = new CommandService('netservice');
  readonly connmanager: ConnectionManager;

  /** Called for a new connection. What it throws is logged. */
  doConnectionMade: ConnectionHook = () => {};
  /** Called once for a connection that is gone, while it is still known; `close` waits for it. What it throws is logged. */
  doConnectionLost: ConnectionHook = () => {};
  /** Called once when the node stops, before it lets its clients go: what is pushed to them now still reaches them. What it throws is logged. */
  doClosing: () => void = () => {};
  /** Makes the answer for a client whose handler threw; without it there is none. */
  errorEncoder: ((error: unknown, command: number, connection: Connection) => Buffer | string | undefined) | undefined;

  /** For the framework: runs for every connection that is gone, beside the game's `doConnectionLost`; `close` waits for it too. */
  afterConnectionLost: (connection: Connection) => void | Promise<void> = () => {};

  readonly #log: Logger;
  readonly #limits: Limits;
  readonly #nextId: () => number;
  readonly #report: FrontReport;
  readonly #metrics: Metrics;
  readonly #requests: Requests;
  readonly #sweep: Sweep<ClientConnection>;
  readonly #flusher = new Flusher();
  readonly #admission: Admission;
  readonly #arrivals: Arrivals;
  readonly #ports: ClientPorts;
  readonly #front: { -readonly [Key in keyof Front]: Front[Key] };
  #closing: Promise<void> | undefined;
  readonly #hooks: Hooks;
  #whenEmpty: (() => void) | undefined;

  constructor(options: FactoryOptions) {
    this.#log = options.log;
    this.#limits = options.limits;
    this.#nextId = options.nextId;
    this.#metrics = options.metrics;
    const { calls = new CallBatches() } = options;
    this.#hooks = new Hooks(options.log, calls);
    this.#report = new FrontReport(options.log, options.metrics);
    this.#requests = new Requests({ ...options, calls, report: this.#report }, this);
    this.#sweep = new Sweep(options.limits, () => this.#tick());
    this.#admission = new Admission(options.limits, this.#report);
    this.#arrivals = new Arrivals(options.limits, this.#report, this.#admission);
    this.#ports = new ClientPorts(this.#portHost());
    this.#front = this.#makeFront();
    this.connmanager = new ConnectionManager({
      encodePush: (topic, message) => this.#encodePush(topic, message),
      pushed: (receivers) => {
        this.#report.tally.pushes += receivers;
      },
    });
    options.metrics.gauge('firefly_net_connections', 'Client connections', () => this.connmanager.getNowConnCnt());
    options.metrics.gauge('firefly_net_in_flight', 'Requests whose handler has not answered', () => this.#requests.inFlight.count);
  }

  addServiceChannel(service: CommandService): void {
    this.service = service;
  }

  /** The frame format. */
  get protocol(): DataProtocol {
    return this.#front.protocol;
  }

  set protocol(protocol: DataProtocol) {
    this.#front.protocol = protocol;
  }

  /** Sets the frame format, from the next frame on, of every connection. */
  setDataProtocol(protocol: DataProtocol): void {
    this.#front.protocol = protocol;
  }

  /** Firefly's spelling of `setDataProtocol`. */
  setDataProtocl(protocol: DataProtocol): void {
    this.setDataProtocol(protocol);
  }

  /** Runs the handler of a frame and returns what it returns. May be replaced to see every frame. */
  doDataReceived(connection: Connection, command: number, data: Buffer): unknown {
    return this.service.callTarget(command, connection, data);
  }

  /** Encodes an answer as clients get it; nothing for `undefined` and `null`. @throws TypeError when it cannot be encoded */
  produceResult(command: number, response: unknown): Buffer | undefined {
    const payload = payloadOf(response);
    if (payload === undefined) return undefined;
    return this.#front.protocol.pack(typeof payload === 'string' ? payload : bytesOf(payload), command);
  }

  /** See `ConnectionManager.loseConnection`. */
  loseConnection(id: number, reason?: string): void {
    this.connmanager.loseConnection(id, reason);
  }

  /** See `ConnectionManager.pushObject`. */
  pushObject(topic: number, message: unknown, ids: Iterable<number>): void {
    this.connmanager.pushObject(topic, message, ids);
  }

  /**
   * Opens a port for clients; there may be several.
   *
   * @param port 0 for any free one
   * @param options what clients speak there; plain TCP when left out
   * @returns the port
   * @throws StartFailed when the port cannot be had, or its certificate is of no use
   */
  async listen(port: number, host: string, options: PortOptions = {}): Promise<number> {
    const listened = await this.#ports.listen(port, host, options);
    this.#sweep.start();
    return listened;
  }

  /** Takes no new client from now on; those that are there stay. */
  stopAccepting(): void {
    void this.#ports.close();
  }

  /** Takes new clients again. @throws StartFailed when somebody else has a port now */
  async acceptAgain(): Promise<void> {
    if (!this.#closing) await this.#ports.reopen();
  }

  /** No handler starts and nothing is read until `resume`; clients are slowed down by TCP and lose nothing. */
  pause(): void {
    this.#front.isPaused = true;
    for (const connection of this.connmanager) connection.hold();
  }

  resume(): void {
    if (this.#closing) return;
    this.#front.isPaused = false;
    for (const connection of this.connmanager) connection.proceed();
  }

  /**
   * Runs `work` while a client has nothing under way and is not read from; it is slowed down by TCP and loses nothing.
   *
   * @returns false when the client is gone, or its handlers have not ended at the deadline: nothing was done
   */
  async whileQuiet(id: number, deadlineMs: number, work: () => Promise<void>): Promise<boolean> {
    const connection = this.connmanager.getConnectionByID(id);
    if (!(connection instanceof ClientConnection)) return false;
    const end = performance.now() + deadlineMs;
    connection.park();
    try {
      while (connection.inFlight > 0 && performance.now() < end) await delay(QUIET_POLL_MS);
      if (connection.inFlight > 0 || !connection.isOpen) return false;
      await work();
      return true;
    } finally {
      connection.unpark();
    }
  }

  /** Waits until no handler is under way. @returns false when some still are at the deadline */
  whenIdle(deadlineMs: number): Promise<boolean> {
    return this.#requests.inFlight.none(deadlineMs);
  }

  /** What the front holds right now; all 0 when every client is gone. */
  get stats(): {
    connections: number;
    addresses: number;
    arriving: number;
    inFlight: number;
    silent: number;
    lingering: number;
    paced: number;
    tellingLost: number;
  } {
    return {
      connections: this.connmanager.getNowConnCnt(),
      addresses: this.#admission.addresses,
      arriving: this.#arrivals.count,
      inFlight: this.#requests.inFlight.count,
      ...this.#sweep.sizes,
      tellingLost: this.#hooks.telling,
    };
  }

  /**
   * Stops accepting and reading, waits for handlers under way, tells `doConnectionLost` of every connection and waits for it, sends what is left and closes.
   *
   * @param deadlineMs for handlers and `doConnectionLost` together; the last bytes get a moment more
   */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(performance.now() + deadlineMs);
    return this.#closing;
  }

  async #close(end: number): Promise<void> {
    const left = () => Math.max(0, end - performance.now());
    this.stopAccepting();
    try {
      this.doClosing();
    } catch (error) {
      this.#log.error({ error }, 'doClosing failed');
    }
    this.#arrivals.destroyAll();
    this.pause();
    if (!(await this.whenIdle(left())))
      this.#log.warn(`${this.#requests.inFlight.count} handlers did not answer before the stop's deadline`);
    for (const connection of this.connmanager) this.#hooks.lost(connection, this.doConnectionLost, this.afterConnectionLost);
    if (!(await this.#hooks.allTold(left())))
      this.#log.warn(`doConnectionLost of ${this.#hooks.telling} connections did not end before the stop's deadline`);
    for (const connection of this.connmanager) connection.leave();
    this.#flusher.flushNow();
    if (this.connmanager.getNowConnCnt() > 0) {
      const empty = new Promise<void>((resolve) => {
        this.#whenEmpty = resolve;
      });
      if (!(await within(empty, Math.min(LAST_WORDS_MOST_MS, Math.max(LAST_WORDS_MS, left()))))) {
        for (const connection of this.connmanager) connection.destroy();
        await empty;
      }
    }
    await this.#ports.close();
    this.#sweep.stop();
    this.#report.flush(true);
  }

  #tick(): void {
    this.#arrivals.sweep();
    this.#ports.beat();
    this.#report.flush();
  }

  /** Takes a client that holds a place. */
  #accept(stream: ClientStream, address: string): void {
    let connection: ClientConnection;
    try {
      connection = new ClientConnection(this.#nextId(), address, stream, this.#front);
      this.connmanager.addConnection(connection);
    } catch (error) {
      this.#admission.leave(address);
      this.#log.error({ error, address }, `a connection from ${address} could not be taken: ${messageOf(error)}`);
      stream.destroy();
      return;
    }
    this.#sweep.add(connection);
    this.#log.debug({ connection: connection.id, address }, `client ${connection.id} (${address}) login in`);
    this.#hooks.made(connection, this.doConnectionMade);
    if (this.#front.isPaused) connection.hold();
  }

  #gone(connection: ClientConnection): void {
    this.#sweep.remove(connection);
    if (this.connmanager.getConnectionByID(connection.id) !== connection) return;
    this.#hooks.lost(connection, this.doConnectionLost, this.afterConnectionLost);
    this.connmanager.dropConnectionByID(connection.id);
    this.#admission.leave(connection.address);
    this.#log.debug(
      { connection: connection.id, address: connection.address },
      `client ${connection.id} (${connection.address}) login out`,
    );
    if (this.connmanager.getNowConnCnt() === 0) this.#whenEmpty?.();
  }

  #encodePush(topic: number, message: unknown): Buffer | undefined {
    try {
      return this.produceResult(topic, message);
    } catch (error) {
      this.#log.error({ topic, error }, `push of topic ${topic} was not sent: ${messageOf(error)}`);
      return undefined;
    }
  }

  #portHost(): PortHost {
    return {
      log: this.#log,
      limits: this.#limits,
      report: this.#report,
      flusher: this.#flusher,
      admission: this.#admission,
      arrivals: this.#arrivals,
      accept: (stream, address) => this.#accept(stream, address),
    };
  }

  // Plain fields: an object with getters is a hash table to V8, and all of this is read for every frame.
  #makeFront(): Front {
    return {
      protocol: new DataPackProtoc(),
      isPaused: false,
      limits: this.#limits,
      report: this.#report,
      sweep: this.#sweep,
      flusher: this.#flusher,
      timing: new Timing(this.#metrics.clock),
      receive: (connection, frame) => this.#requests.receive(connection, frame),
      handlerFailed: (connection, command, error) => this.#requests.failed(connection, command, error),
      encodePush: (topic, message) => this.#encodePush(topic, message),
      slotOf: (command) => this.#requests.slotOf(command),
      handlerStarted: () => this.#requests.started(),
      handlerEnded: (batch) => this.#requests.ended(batch),
      gone: (connection) => this.#gone(connection),
    };
  }
}
