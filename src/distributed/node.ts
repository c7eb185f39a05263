/**
 * The end of a link that dials: a leaf's view of its root.
 *
 * Once it has an address it dials for ever, with back-off and jitter, whatever happens to the root; only a newer process of its own name stops
 * it. Calls while there is no link are rejected in the same turn: nothing is queued for a root that may not come back.
 */
import { connect, type Socket } from 'node:net';
import type { Limits } from '../config/config';
import { Deadline, PeerDown, Replaced, StartFailed, Unauthorized } from '../errors';
import type { Logger } from '../log/log';
import type { Tracing } from '../log/trace';
import type { CallBatches } from '../metrics/callbatches';
import type { Metrics } from '../metrics/metrics';
import type { CommandService } from '../services/commandservice';
import { Service } from '../services/service';
import { type CallOptions, Link, type LinkClosed, type LinkKey } from '../wire/link';
import { Backoff } from './backoff';
import { Exchange } from './exchange';
import { offerHandshake, type Welcome } from './handshake';
import { Hold, type HoldOutcome } from './hold';
import { heldMetrics, linkMetrics } from './linkmetrics';
import { answerEcho, quiet } from './quiet';
import { ProxyReference } from './reference';
import type { NodeTls } from './tls';

export interface RemoteObjectOptions {
  /** This node. */
  readonly name: string;
  /** Whom it links to. */
  readonly root: string;
  readonly secret: string;
  readonly limits: Limits;
  readonly log: Logger;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
  /** Counts the game's handlers that run for the other side. */
  readonly calls?: CallBatches;
  /** Dials by TLS; in the clear when left out. */
  readonly tls?: NodeTls | undefined;
  /** Asked at each dial. */
  readonly epoch: () => number;
  /** What the root is told about this node; asked at each dial. At most 64 KiB. */
  readonly info?: () => Record<string, unknown>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

interface Attempt {
  readonly socket: Socket;
  readonly exchange: Exchange;
  /** Settles when TLS is agreed on; nothing may be sent before. */
  readonly secured: Promise<void> | undefined;
}

/** Between two dials of a root that is being restarted. */
const RETURNING_MS = 50;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class RemoteObject {
  /** The game's targets, called by the root. */
  service: Service | CommandService;
  /** The framework's targets; their names begin with `firefly.`. */
  readonly internal: Service;
  readonly root: string;
  readonly #options: RemoteObjectOptions;
  readonly #log: Logger;
  readonly #reference: ProxyReference;
  readonly #backoff: Backoff;
  readonly #upHandlers: ((welcome: Welcome) => void)[] = [];
  readonly #downHandlers: ((reason: LinkClosed) => void)[] = [];
  readonly #refusedHandlers: ((error: Replaced | Unauthorized) => void)[] = [];
  readonly #waiters = new Set<Waiter>();
  readonly #holdHandlers: ((on: boolean) => void)[] = [];
  #name: string;
  #address: Address | undefined;
  #attempt: Attempt | undefined;
  #redial: NodeJS.Timeout | undefined;
  #link: Link | undefined;
  /** Takes what is sent while the root is being restarted. */
  #hold: Hold | undefined;
  #isDraining = false;
  #linkedAt = 0;
  /** The last failure that was logged since the link was up. */
  #cause: string | undefined;
  /** Why it does not dial any more. */
  #stopped: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RemoteObjectOptions) {
    if (options.secret === '') throw new StartFailed(`link to ${options.root}: the cluster's secret is empty; set one`);
    this.root = options.root;
    this.#name = options.name;
    this.#options = options;
    this.#log = options.log;
    this.service = new Service<string>(options.root);
    this.internal = new Service(`${options.root} (internal)`);
    answerEcho(this.internal);
    this.#reference = new ProxyReference({
      internal: this.internal,
      service: () => this.service,
      log: options.log,
      metrics: options.metrics,
    });
    this.#backoff = new Backoff(options.limits.redialMinMs, options.limits.redialMaxMs);
    if (options.metrics) {
      linkMetrics(options.metrics, `leaf of ${options.root}`, () => this.links());
      heldMetrics(options.metrics, `leaf of ${options.root}`, () => [[this.root, this.#hold]]);
      options.metrics.gauge('firefly_rpc_link_up', 'Whether the link to a root is there', () => Number(this.isUp), { peer: options.root });
    }
  }

  getName(): string {
    return this.#name;
  }

  /** The name of the next registration. */
  setName(name: string): void {
    this.#name = name;
  }

  /** Makes `service` the one that the root calls. */
  addServiceChannel(service: Service | CommandService): void {
    this.service = service;
  }

  get isUp(): boolean {
    return this.#link !== undefined;
  }

  /** Whether the root is being restarted: what is sent to it waits until it is back. */
  get isReturning(): boolean {
    return this.#hold !== undefined;
  }

  /** Whether nothing new is to be given to the root: it is being drained. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** The link while there is one, as a root has its leaves'. */
  *links(): Iterable<readonly [peer: string, link: Link]> {
    if (this.#link) yield [this.root, this.#link];
  }

  /** Dials the root, at once and for ever. A new address is for the next dial: a link that is up stays. */
  connect(address: Address): void {
    if (this.#stopped) return;
    const same = this.#address?.host === address.host && this.#address.port === address.port;
    this.#address = { host: address.host, port: address.port };
    // A root that is being restarted says so when it listens again: no time is lost by waiting for the next dial.
    if (this.#link || (same && (this.#attempt || (this.#redial && !this.#hold)))) return;
    this.#backoff.reset();
    this.#dial();
  }

  /** Drops the link, if there is one, and dials at once; also after `Replaced`. */
  reconnect(): void {
    if (this.#closing) return;
    this.#stopped = undefined;
    this.#link?.close(`${this.#name} links again`).catch(() => {});
    this.#backoff.reset();
    this.#dial();
  }

  /** Calls a target of the root. @returns its result; rejects as `Link.call`, with PeerDown in the same turn when there is no link */
  callRemote(target: LinkKey, ...args: unknown[]): Promise<unknown> {
    return this.call(target, args);
  }

  call(target: LinkKey, args: readonly unknown[], options?: CallOptions): Promise<unknown> {
    if (this.#hold) return this.#hold.call(target, args, options);
    return this.#link ? this.#link.call(target, args, options) : Promise.reject(new PeerDown(this.root, false));
  }

  /** @throws PeerDown, QueueFull, TooLarge: it was not sent */
  notifyRemote(target: LinkKey, ...args: unknown[]): void {
    if (this.#hold) {
      this.#hold.notify(target, args);
      return;
    }
    if (!this.#link) throw new PeerDown(this.root, false);
    this.#link.notify(target, args);
  }

  /** Waits for the link. @throws Deadline, Replaced, or PeerDown when this end is closed */
  whenUp(deadlineMs: number): Promise<void> {
    if (this.#link) return Promise.resolve();
    if (this.#stopped) return Promise.reject(this.#stopped);
    return new Promise((resolve, reject) => {
      const waiter = { resolve: () => settle(resolve), reject: (error: Error) => settle(() => reject(error)) };
      const expired = () => waiter.reject(new Deadline(`link to ${this.root}${this.#cause ? ` (${this.#cause})` : ''}`, deadlineMs));
      const timer = setTimeout(expired, deadlineMs);
      const settle = (how: () => void) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        how();
      };
      this.#waiters.add(waiter);
    });
  }

  /** `fn` runs each time the link comes up, before anybody else can send: what it sends arrives first. */
  onUp(fn: (welcome: Welcome) => void): void {
    this.#upHandlers.push(fn);
  }

  /** `fn` runs each time the link ends. */
  onDown(fn: (reason: LinkClosed) => void): void {
    this.#downHandlers.push(fn);
  }

  /** For the framework: `fn` runs when what is sent begins to wait, and before it is sent. */
  onHold(fn: (on: boolean) => void): void {
    this.#holdHandlers.push(fn);
  }

  /** `fn` runs when the root refuses this node, once a cause. After `Replaced` it dials no more; after `Unauthorized` it dials slowly. */
  onRefused(fn: (error: Replaced | Unauthorized) => void): void {
    this.#refusedHandlers.push(fn);
  }

  /**
   * For the framework: the root is about to be restarted. What is sent from now on waits.
   *
   * @param lifeMs the longest that it waits; then it is sent if there is a link, and ends otherwise
   * @returns settled when all that was sent before was read and answered: the calls that still wait at the deadline
   */
  async hold(lifeMs: number, settleMs: number): Promise<number> {
    const { limits, log } = this.#options;
    if (this.#hold) this.#hold.renew(lifeMs);
    else this.#hold = new Hold({ peer: this.root, limits, log, lifeMs, over: () => this.release() });
    for (const tell of this.#holdHandlers) tell(true);
    return this.#link ? quiet(this.#link, settleMs) : 0;
  }

  /** For the framework: sends what waits, or ends it when there is no link. */
  release(): HoldOutcome {
    const hold = this.#hold;
    this.#hold = undefined;
    const outcome = hold?.release(this.#link);
    // Whoever goes on now comes behind what waited.
    for (const tell of this.#holdHandlers) tell(false);
    return outcome ?? { sent: 0, ended: 0 };
  }

  /** For the framework: whether nothing new is to be given to this root. */
  setDraining(on: boolean): void {
    this.#isDraining = on;
  }

  /** Says goodbye and dials no more. Settles whatever is under way. */
  close(reason: string): Promise<void> {
    this.#closing ??= this.#close(reason);
    return this.#closing;
  }

  async #close(reason: string): Promise<void> {
    this.release();
    this.#stop(new PeerDown(this.root, false, { cause: new Error(reason) }));
    await this.#link?.close(reason);
  }

  #stop(error: Error): void {
    this.#stopped = error;
    this.#abandon(error);
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }

  /** Ends the attempt and the wait for the next one. */
  #abandon(error: Error): void {
    clearTimeout(this.#redial);
    this.#redial = undefined;
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.exchange.abort(error);
    attempt?.socket.destroy();
  }

  #dial(): void {
    if (!this.#address) return;
    this.#abandon(new PeerDown(this.root, false));
    const { host, port } = this.#address;
    const peer = `${this.root} at ${host}:${port}`;
    const { tls, limits } = this.#options;
    let attempt: Attempt;
    try {
      const secure = tls?.dial({ host, port });
      const socket = secure ?? connect({ host, port, noDelay: true });
      const exchange = new Exchange(socket, peer, limits.handshakeMs, secure && tls?.explainer(secure));
      attempt = { socket, exchange, secured: secure && tls?.secured(secure) };
    } catch (error) {
      this.#failed(error as Error);
      return;
    }
    this.#attempt = attempt;
    this.#greet(attempt).then(
      (welcome) => {
        if (this.#attempt === attempt) this.#linked(attempt, welcome);
        else discard(attempt);
      },
      (error: Error) => {
        discard(attempt);
        if (this.#attempt === attempt) this.#failed(error);
      },
    );
  }

  async #greet({ exchange, secured }: Attempt): Promise<Welcome> {
    const { epoch, info, secret } = this.#options;
    if (secured) await exchange.race(secured);
    return offerHandshake(exchange, { name: this.#name, root: this.root, epoch: epoch(), info: info?.() ?? {} }, secret);
  }

  #linked({ socket, exchange }: Attempt, welcome: Welcome): void {
    const { limits, log, metrics, calls, tracing } = this.#options;
    this.#attempt = undefined;
    this.#cause = undefined;
    this.#linkedAt = performance.now();
    const handlers = {
      dispatch: (target: LinkKey, args: unknown[]) => this.#reference.callTarget(this.root, target, args),
      slotOf: (target: LinkKey) => this.#reference.slotOf(target),
      closed: (reason: LinkClosed) => this.#onClosed(reason),
    };
    const readAhead = exchange.release();
    this.#link = new Link(socket, { peer: this.root, limits, log, metrics, calls, tracing, handlers, readAhead });
    this.#log.info({ event: 'linked', peer: this.root, epoch: welcome.epoch }, `linked to ${exchange.peer}`);
    // What belongs to the link itself goes first, also before what waits.
    const hold = this.#hold;
    this.#hold = undefined;
    this.#tell(this.#upHandlers, welcome);
    this.#hold = hold;
    for (const waiter of [...this.#waiters]) waiter.resolve();
  }

  #failed(error: Error): void {
    this.#attempt = undefined;
    const refused = error instanceof Replaced || error instanceof Unauthorized;
    const cause = refused || !(error.cause instanceof Error) ? error.message : error.cause.message;
    const isNew = cause !== this.#cause;
    this.#cause = cause;
    if (isNew) this.#log.warn({ event: 'dial', peer: this.root, error: cause }, `no link to ${this.root}: ${cause}`);
    if (error instanceof Replaced) this.#stop(error);
    else this.#later(error instanceof Unauthorized ? this.#backoff.slowest() : this.#backoff.next());
    if (refused && isNew) this.#tell(this.#refusedHandlers, error);
  }

  #onClosed(reason: LinkClosed): void {
    const { code, message } = reason;
    this.#link = undefined;
    this.#log[code === 'closed' ? 'debug' : 'warn'](
      { event: 'unlinked', peer: this.root, reason: code },
      `the link to ${this.root} has ended: ${message}`,
    );
    // A link that ended at once is one more failure: a root that takes and drops us must not be dialled in a tight loop.
    if (performance.now() - this.#linkedAt >= this.#options.limits.heartbeatMs) this.#backoff.reset();
    const replaced = code === 'replaced' ? new Replaced(message) : undefined;
    if (replaced && !this.#stopped) this.#stop(replaced);
    if (!this.#stopped) this.#later(this.#backoff.next());
    this.#tell(this.#downHandlers, reason);
    if (replaced) this.#tell(this.#refusedHandlers, replaced);
  }

  #later(ms: number): void {
    clearTimeout(this.#redial);
    this.#redial = setTimeout(() => this.#dial(), this.#hold ? Math.min(ms, RETURNING_MS) : ms);
  }

  #tell<T>(handlers: readonly ((value: T) => void)[], value: T): void {
    for (const handler of handlers) {
      try {
        handler(value);
      } catch (error) {
        this.#log.error({ event: 'handler', peer: this.root, error }, `a handler of the link to ${this.root} failed`);
      }
    }
  }
}

function discard({ socket, exchange }: Attempt): void {
  exchange.release();
  socket.on('error', () => {}).destroy();
}
