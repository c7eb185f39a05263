/**
 * The end of a link that listens: takes leaves that know the cluster's secret, and calls them by name.
 *
 * One child a name. A newer process of a name replaces the older one, which is told so; an older one is refused. What a leaf calls is
 * `service`, the game's, or `internal`, the framework's own.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Limits } from '../config/config';
import { holderOf } from '../config/portholder';
import { PeerDown, QueueFull, Replaced, StartFailed, type Unauthorized } from '../errors';
import { LineBudget } from '../log/budget';
import type { Logger } from '../log/log';
import type { Tracing } from '../log/trace';
import type { CallBatches } from '../metrics/callbatches';
import type { Count, Metrics } from '../metrics/metrics';
import type { CommandService } from '../services/commandservice';
import { Service } from '../services/service';
import { Strangers } from '../strangers';
import { Link, type LinkClosed, type LinkKey } from '../wire/link';
import { type Child, LinkedChild } from './child';
import type { Drain } from './drain';
import { Epochs } from './epochs';
import { Exchange } from './exchange';
import { answerHandshake, type Hello, type Welcome } from './handshake';
import { Hold, type HoldOutcome } from './hold';
import { heldMetrics, linkMetrics } from './linkmetrics';
import { ChildsManager } from './manager';
import { answerEcho, quiet } from './quiet';
import { hearReadiness } from './readiness';
import { Recently } from './recently';
import { ProxyReference } from './reference';
import type { NodeTls } from './tls';

/** Connections that may be in their handshake at a time; each holds up to 64 KiB. */
const MAX_STRANGERS = 256;
/** Of these, from one address; beyond the nodes that a machine has, which may all come at once. */
const STRANGERS_PER_ADDRESS = 128;

/** Rejected connections that are logged in a second. */
const REJECTIONS_A_SECOND = 50;

export interface PBRootOptions {
  readonly name: string;
  readonly secret: string;
  readonly limits: Limits;
  readonly log: Logger;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing | undefined;
  /** Counts the game's handlers that run for the other side. */
  readonly calls?: CallBatches;
  /** Leaves must come by TLS; in the clear when left out. */
  readonly tls?: NodeTls | undefined;
  /**
   * Decides about a leaf that has proved itself; throws Unauthorized or Replaced to refuse it.
   * Left out: its epoch stays as it is, and an epoch below the largest one seen of its name is refused.
   */
  readonly admit?: (hello: Hello) => Welcome | Promise<Welcome>;
}

/** What the framework's own parts want to know of a root's children; told before the game's hooks run. */
export interface ChildWatcher {
  linked?(child: Child): void;
  lost?(child: Child, reason: LinkClosed): void;
}

export class PBRoot {
  /** The game's targets, called with a leaf's arguments. */
  service: Service | CommandService;
  /** The framework's targets, called as `(child, ...arguments)`; their names begin with `firefly.`. */
  readonly internal: Service;
  readonly childsmanager = new ChildsManager<LinkedChild>();
  /** Hook: a child has linked; it can be called from here on. */
  doChildConnect: (child: Child) => void = () => {};
  /** Hook: the link of a child has ended. */
  doChildLostConnect: (child: Child) => void = () => {};
  /**
   * Hook: a child is to be left with nothing to do, and may not be chosen any more (`childsmanager.choosable`). It moves away what the child has, or waits for
   * its end, and settles when it can do no more.
   */
  doChildDrain: (child: Child, drain: Drain) => unknown = () => {};
  readonly name: string;
  readonly #options: PBRootOptions;
  readonly #log: Logger;
  readonly #reference: ProxyReference;
  readonly #server: Server;
  readonly #rejected: Count | undefined;
  readonly #strangers = new Strangers<Socket>(MAX_STRANGERS, STRANGERS_PER_ADDRESS);
  /** Connections in their handshake; without an exchange they are in the middle of TLS. */
  readonly #meeting = new Map<Socket, Exchange | undefined>();
  readonly #told = new Recently();
  readonly #closing = new Set<Promise<void>>();
  readonly #watchers: ChildWatcher[] = [];
  readonly #holdHandlers: ((on: boolean) => void)[] = [];
  readonly #epochs = new Epochs();
  readonly #rejections = new LineBudget(REJECTIONS_A_SECOND);
  #lastId = 0;
  #closed = false;

  constructor(options: PBRootOptions) {
    if (options.secret === '') throw new StartFailed(`root ${options.name}: the cluster's secret is empty; set one`);
    this.name = options.name;
    this.#options = options;
    this.#log = options.log;
    this.service = new Service<string>(options.name);
    this.internal = new Service(`${options.name} (internal)`);
    answerEcho(this.internal);
    hearReadiness(this.internal);
    this.#reference = new ProxyReference({
      internal: this.internal,
      service: () => this.service,
      log: options.log,
      metrics: options.metrics,
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#onSocket(socket));
    this.#rejected = options.metrics?.counter('firefly_root_rejected_total', 'Connections to the root port that did not become leaves');
    options.metrics?.gauge('firefly_root_children', 'Leaves linked to this root', () => this.childsmanager.size);
    if (options.metrics) {
      linkMetrics(options.metrics, `root ${options.name}`, () => this.links());
      heldMetrics(options.metrics, `root ${options.name}`, () => {
        const { childsmanager } = this;
        const names = new Set([...childsmanager.names(), ...childsmanager.returning()]);
        return Array.from(names, (name) => [name, childsmanager.holdOf(name)] as const);
      });
    }
  }

  /** Tells a part of the framework of every child that links and every link that ends. */
  watch(watcher: ChildWatcher): void {
    this.#watchers.push(watcher);
  }

  /** For the framework: `fn` runs when what is sent to a leaf begins to wait, and with false when nothing waits any more. */
  onHold(fn: (on: boolean) => void): void {
    this.#holdHandlers.push(fn);
  }

  /** Makes `service` the one that leaves call. */
  addServiceChannel(service: Service | CommandService): void {
    this.service = service;
  }

  /** @returns the port, when `port` is 0 the one that was free. @throws StartFailed */
  listen(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => {
        const taken = () => `the port is taken by ${holderOf(port) ?? 'another process'}; stop it or change rootport`;
        const why = error.code === 'EADDRINUSE' ? taken() : error.message;
        reject(new StartFailed(`root ${this.name} cannot listen on ${host}:${port}: ${why}`, { cause: error }));
      };
      this.#server.once('error', failed);
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed);
        this.#server.on('error', (error) => this.#log.error({ event: 'listen', error }, `root ${this.name}: ${error.message}`));
        const address = this.#server.address();
        resolve(typeof address === 'object' && address ? address.port : port);
      });
    });
  }

  /** Calls a child. @returns the target's result; rejects with PeerDown in the same turn when there is no such child */
  callChild(name: string, target: LinkKey, ...args: unknown[]): Promise<unknown> {
    return this.childsmanager.callChild(name, target, ...args);
  }

  callChildByName(name: string, target: LinkKey, ...args: unknown[]): Promise<unknown> {
    return this.childsmanager.callChild(name, target, ...args);
  }

  /** @throws PeerDown when there is no such child, QueueFull, TooLarge */
  notifyChild(name: string, target: LinkKey, ...args: unknown[]): void {
    const child = this.childsmanager.getChildByName(name) ?? this.childsmanager.holdOf(name);
    if (!child) throw new PeerDown(name, false);
    child.notify(target, args);
  }

  /** For the framework: a leaf is about to be restarted; see `RemoteObject.hold`. */
  async holdChild(name: string, lifeMs: number, settleMs: number): Promise<number> {
    const { limits, log } = this.#options;
    const { childsmanager } = this;
    const hold = childsmanager.holdOf(name);
    if (hold) hold.renew(lifeMs);
    else childsmanager.setHold(name, new Hold({ peer: name, limits, log, lifeMs, over: () => this.releaseChild(name) }));
    for (const tell of this.#holdHandlers) tell(true);
    const child = childsmanager.getChildByName(name);
    return child ? quiet(child.link, settleMs) : 0;
  }

  /** For the framework: sends what waits for a leaf, or ends it when there is no link. */
  releaseChild(name: string): HoldOutcome {
    const { childsmanager } = this;
    const hold = childsmanager.holdOf(name);
    childsmanager.setHold(name, undefined);
    const outcome = hold?.release(childsmanager.getChildByName(name)?.link);
    const isOver = [...childsmanager.holds()].length === 0;
    if (isOver) for (const tell of this.#holdHandlers) tell(false);
    return outcome ?? { sent: 0, ended: 0 };
  }

  /** The links of the leaves, by name. */
  *links(): Iterable<readonly [peer: string, link: Link]> {
    for (const name of this.childsmanager.names()) {
      const child = this.childsmanager.getChildByName(name);
      if (child) yield [name, child.link];
    }
  }

  /** Ends the link of a child. */
  dropChild(child: Child, reason = `${this.name} dropped ${child.name}`): void {
    this.dropChildByID(child.id, reason);
  }

  dropChildByID(id: number, reason?: string): void {
    const child = this.childsmanager.getChildById(id);
    if (child) this.#dismiss(child, reason ?? `${this.name} dropped ${child.name}`);
  }

  dropChildSessionId(sessionId: number): void {
    this.dropChildByID(sessionId);
  }

  /** Stops listening, sends what is queued, says goodbye to all leaves and waits for their links to end. */
  async close(reason: string): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      for (const [name] of [...this.childsmanager.holds()]) this.releaseChild(name);
      if (this.#server.listening) this.#closing.add(new Promise((resolve) => this.#server.close(() => resolve())));
      for (const [socket, exchange] of this.#meeting) {
        exchange?.abort(new PeerDown(this.name, false));
        socket.destroy();
      }
      for (const child of [...this.childsmanager]) this.#dismiss(child, reason);
    }
    await Promise.all(this.#closing);
  }

  #onSocket(socket: Socket): void {
    const address = `${socket.remoteAddress}:${socket.remotePort}`;
    const outstayed = this.#strangers.add(socket, socket.remoteAddress ?? '');
    if (outstayed) this.#dropStranger(outstayed);
    this.#meeting.set(socket, undefined);
    this.#meet(socket, address)
      .catch((error: Error) => {
        if (!this.#closed) this.#reject(address, error);
      })
      .finally(() => {
        this.#strangers.remove(socket);
        this.#meeting.delete(socket);
      });
  }

  #dropStranger(socket: Socket): void {
    const exchange = this.#meeting.get(socket);
    if (exchange) exchange.abort(new QueueFull(`handshakes of ${this.name}`, MAX_STRANGERS));
    else socket.destroy();
  }

  async #meet(accepted: Socket, address: string): Promise<void> {
    const { tls, limits } = this.#options;
    const until = performance.now() + limits.handshakeMs;
    const secured = await tls?.accept(accepted, address, limits.handshakeMs);
    const socket = secured ?? accepted;
    const exchange = new Exchange(socket, address, Math.max(1, Math.ceil(until - performance.now())));
    this.#meeting.set(accepted, exchange);
    try {
      await this.#greet(socket, exchange, secured && tls?.distrustOf(secured));
    } catch (error) {
      exchange.release();
      // The refusal, if there is one, leaves first; an error of the socket is of no interest any more.
      socket.on('error', () => {}).destroySoon();
      throw error;
    }
  }

  async #greet(socket: Socket, exchange: Exchange, distrust: Unauthorized | undefined): Promise<void> {
    const { name, secret } = this.#options;
    const admit = async (hello: Hello) => this.#judge(hello, await this.#admit(hello));
    const { hello, welcome } = await answerHandshake(exchange, name, secret, admit, distrust);
    this.#judge(hello, welcome);
    const old = this.childsmanager.getChildByName(hello.name);
    if (old) this.#dismiss(old, `${hello.name} has linked again, with epoch ${welcome.epoch} after ${old.epoch}`, 'replaced');
    const readAhead = exchange.release();
    const child = new LinkedChild(++this.#lastId, socket.remoteAddress ?? '', hello, welcome, (child) =>
      this.#link(socket, child, readAhead),
    );
    this.childsmanager.addChild(child);
    this.#log.debug({ event: 'linked', peer: child.name, epoch: child.epoch, address: exchange.peer }, `${child.name} has linked`);
    for (const watcher of this.#watchers) watcher.linked?.(child);
    this.#hook('doChildConnect', child);
  }

  #link(socket: Socket, child: LinkedChild, readAhead: Buffer): Link {
    const { limits, log, metrics, calls, tracing } = this.#options;
    const handlers = {
      dispatch: (target: LinkKey, args: unknown[]) => this.#reference.callTarget(child.name, target, args, child),
      slotOf: (target: LinkKey) => this.#reference.slotOf(target),
      closed: (reason: LinkClosed) => this.#onClosed(child, reason),
    };
    return new Link(socket, { peer: child.name, limits, log, metrics, calls, tracing, handlers, readAhead });
  }

  #admit(hello: Hello): Welcome | Promise<Welcome> {
    if (this.#options.admit) return this.#options.admit(hello);
    this.#epochs.see(hello.name, hello.epoch);
    return { epoch: hello.epoch, info: {} };
  }

  /** Both `admit` and the handshake take their time: the name may have a newer child by now, and the root may be closing. */
  #judge(hello: Hello, welcome: Welcome): Welcome {
    if (this.#closed) throw new PeerDown(this.name, false);
    const epoch = this.childsmanager.getChildByName(hello.name)?.epoch ?? 0;
    if (welcome.epoch < epoch) throw new Replaced(`${hello.name} has epoch ${welcome.epoch} and a process with epoch ${epoch} is linked`);
    return welcome;
  }

  #dismiss(child: LinkedChild, reason: string, code?: 'replaced'): void {
    const closing = child.link.close(reason, code).finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  #onClosed(child: LinkedChild, reason: LinkClosed): void {
    const { code, message } = reason;
    this.childsmanager.dropChild(child);
    // A goodbye is told by the leaf that says it; a lost link by both ends, since only one of them may be left to tell.
    const level = code === 'closed' ? 'debug' : 'warn';
    this.#log[level]({ event: 'unlinked', peer: child.name, reason: code }, `the link of ${child.name} has ended: ${message}`);
    for (const watcher of this.#watchers) watcher.lost?.(child, reason);
    this.#hook('doChildLostConnect', child);
  }

  #reject(address: string, error: Error): void {
    this.#rejected?.inc();
    // A leaf that may not link comes again and again, and so may anybody: one line a cause and host.
    if (!this.#told.isNew(`${address} ${error.message}`.replaceAll(address, address.replace(/:\d+$/, '')))) return;
    if (!this.#rejections.allows()) return;
    const unlogged = this.#rejections.takeRefused(true);
    this.#log.warn(
      { event: 'rejected', address, error: error.message, ...(unlogged > 0 ? { unlogged } : {}) },
      `${this.name} rejects a connection from ${address}: ${error.message}`,
    );
  }

  #hook(name: 'doChildConnect' | 'doChildLostConnect', child: Child): void {
    const failed = (error: unknown) => this.#log.error({ event: name, peer: child.name, error }, `${name} of ${child.name} failed`);
    try {
      Promise.resolve(this[name](child)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
