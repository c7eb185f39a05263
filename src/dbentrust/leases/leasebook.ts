/**
 * Who holds which name: the book of leases. One a cluster, in dbfront; nodes reach it through a `LeasePort`. Knows no RPC.
 *
 * A node holds all its leases in one session, which it renews with one message. A session that was not renewed for `ttlMs` has ended, and its
 * leases are free. Each tenure of a name has a token that is larger than every token before it, also across restarts.
 *
 * The book itself is in memory. What it remembers over a restart is which nodes held anything: until each of them has said what it still
 * holds, or a whole `ttlMs` is over, nobody else is given a name. So a restart never gives one name to two nodes.
 */
import { QueueFull } from '../../errors';
import type { Logger } from '../../log/log';
import type { Metrics } from '../../metrics/metrics';
import { LeaseLine, type LeaseSession, type Waiter } from './leaseline';
import { type LeaseAnswer, type LeaseMemory, MAX_NAME } from './leaseport';

/** Tokens taken from the memory at a time. */
const TOKENS = 1_000_000;
/** How many times in a `ttlMs` the book looks for sessions that have ended. */
const SWEEPS = 20;

export interface LeaseBookOptions {
  readonly memory: LeaseMemory;
  readonly ttlMs: number;
  /** Leases at a time. */
  readonly bound: number;
  readonly log: Logger;
  readonly metrics?: Metrics;
}

interface Lease {
  readonly token: number;
  readonly session: LeaseSession;
}

export class LeaseBook {
  /** Tells a node that another one waits for what it holds. */
  wanted: (node: string, name: string, token: number, by: string) => void = () => {};
  readonly #options: LeaseBookOptions;
  readonly #leases = new Map<string, Lease>();
  /** The newest session of each node. */
  readonly #sessions = new Map<string, LeaseSession>();
  /** Those and what older sessions of a node left behind, until it has run out. */
  readonly #all = new Set<LeaseSession>();
  readonly #line = new LeaseLine();
  /** Nodes that the memory knows as holders. */
  readonly #remembered = new Map<string, Promise<void>>();
  /** Holders of the book's earlier life that were not heard of yet. */
  readonly #awaited = new Set<string>();
  #graceUntil = 0;
  #nextToken = 0;
  #lastToken = -1;
  #refilling: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LeaseBookOptions) {
    this.#options = options;
    options.metrics?.gauge('firefly_leases', 'Leases that are held', () => this.#leases.size);
    options.metrics?.gauge('firefly_leases_waiting', 'Nodes that wait for a lease', () => this.#line.size);
  }

  /** @throws StoreDown */
  async start(): Promise<void> {
    const { memory, ttlMs, log } = this.#options;
    for (const node of await memory.holders()) this.#awaited.add(node);
    await this.#refill();
    this.#graceUntil = performance.now() + ttlMs;
    this.#timer = setInterval(() => this.#sweep(), Math.max(10, ttlMs / SWEEPS));
    if (this.#awaited.size > 0)
      log.info({ nodes: [...this.#awaited] }, `leases: new ones wait until these nodes say what they hold, ${ttlMs} ms at most`);
  }

  /** Ends the book; who waits is refused. What is held stays so for the book that comes next. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#line.refuse(() => true);
    await this.#refilling?.catch(() => {});
    await Promise.allSettled(this.#remembered.values());
    const holding = [...this.#all].flatMap(({ node, names }) => (names.size > 0 ? [node] : []));
    await this.#options.memory.keepHolders([...new Set([...holding, ...this.#awaited])]);
  }

  /** How many leases are held. */
  get size(): number {
    return this.#leases.size;
  }

  /**
   * A node says all that it holds: when it has linked, and when it begins a session.
   *
   * @returns what of it belongs to somebody else
   */
  assert(node: string, id: string, held: readonly (readonly [name: string, token: number])[]): string[] {
    const session = this.#open(node, id);
    const claimed = new Set<string>();
    const lost: string[] = [];
    for (const [name, token] of held) {
      if (this.#mayKeep(session, name, token)) claimed.add(name);
      else lost.push(name);
    }
    for (const name of session.names) if (!claimed.has(name)) this.#free(name);
    if (this.#awaited.delete(node) && this.#awaited.size === 0) this.#endGrace();
    return lost;
  }

  /** @returns false when the book does not know the session: the node must assert what it holds */
  renew(node: string, id: string): boolean {
    const session = this.#current(node, id);
    if (session) session.renewedAt = performance.now();
    return session !== undefined;
  }

  /**
   * Gives a name to a node when nobody else holds it. A node gets back what an earlier process of it held.
   *
   * @param waitMs how long to wait for a holder to let go, and for the end of the time after a restart
   * @param ask tells the holder that it is wanted; otherwise a name that is held is refused at once
   * @throws QueueFull, StoreDown
   */
  async grant(node: string, id: string, name: string, waitMs: number, ask: boolean): Promise<LeaseAnswer> {
    if (name.length === 0 || name.length > MAX_NAME) throw new RangeError(`a lease's name has 1 to ${MAX_NAME} characters`);
    await this.#remember(node);
    const session = this.#current(node, id);
    if (!session) return { heldBy: null };
    this.#settle(name);
    const lease = this.#live(name);
    if (this.#isFreeFor(session, name)) return { token: this.#give(name, session) };
    if (lease && !ask) return { heldBy: lease.session.node };
    const late = () => ({ heldBy: this.#live(name)?.session.node ?? null });
    return this.#line.wait(name, { session, ask, waitMs }, late, (waiter) => this.#ask(name, waiter));
  }

  /** @param token null for whatever the session holds under that name */
  release(node: string, id: string, name: string, token: number | null): void {
    const lease = this.#leases.get(name);
    if (lease?.session.node === node && lease.session.id === id && (token === null || token === lease.token)) this.#free(name);
  }

  /** The link of a node has ended: nobody hears an answer any more. What it holds stays its own until it runs out. */
  gone(node: string): void {
    this.#line.refuse((session) => session.node === node);
  }

  #open(node: string, id: string): LeaseSession {
    const known = this.#current(node, id);
    const session = known ?? { node, id, renewedAt: 0, names: new Set<string>() };
    session.renewedAt = performance.now();
    this.#sessions.set(node, session);
    this.#all.add(session);
    return session;
  }

  /** A session that may act: the newest of its node, and not run out. */
  #current(node: string, id: string): LeaseSession | undefined {
    const session = this.#sessions.get(node);
    return session?.id === id && this.#isLive(session) ? session : undefined;
  }

  #isLive({ renewedAt }: LeaseSession): boolean {
    return performance.now() - renewedAt <= this.#options.ttlMs;
  }

  #live(name: string): Lease | undefined {
    const lease = this.#leases.get(name);
    return lease && this.#isLive(lease.session) ? lease : undefined;
  }

  /** Whether a node may go on with what it says it holds. Names that the book does not know are believed only while it may have forgotten them. */
  #mayKeep(session: LeaseSession, name: string, token: number): boolean {
    const lease = this.#live(name);
    if (lease) return lease.session === session && lease.token === token;
    if (!this.#inGrace || this.#leases.size >= this.#options.bound) return false;
    this.#enter(name, token, session);
    return true;
  }

  get #inGrace(): boolean {
    return this.#awaited.size > 0;
  }

  #endGrace(): void {
    this.#awaited.clear();
    for (const name of this.#line.names()) this.#settle(name);
  }

  #isFreeFor(session: LeaseSession, name: string): boolean {
    const lease = this.#live(name);
    return lease ? lease.session.node === session.node : !this.#inGrace;
  }

  /** @returns the token: the one it had when the same node goes on with it, else a new one */
  #give(name: string, session: LeaseSession): number {
    const lease = this.#live(name);
    if (lease?.session === session) return lease.token;
    const token = lease?.token ?? this.#token();
    if (!lease && this.#leases.size >= this.#options.bound) throw new QueueFull('leases', this.#options.bound);
    this.#enter(name, token, session);
    // Who waits for an earlier process of this node has to ask this one.
    for (const waiter of this.#line.of(name)) this.#ask(name, waiter);
    return token;
  }

  #enter(name: string, token: number, session: LeaseSession): void {
    this.#leases.get(name)?.session.names.delete(name);
    this.#leases.set(name, { token, session });
    session.names.add(name);
  }

  #free(name: string): void {
    this.#leases.get(name)?.session.names.delete(name);
    this.#leases.delete(name);
    this.#settle(name);
  }

  /** Gives a name to who has waited longest, if it is free. */
  #settle(name: string): void {
    for (const waiter of this.#line.of(name)) {
      if (!this.#isLive(waiter.session)) waiter.answer({ heldBy: null });
      else if (this.#isFreeFor(waiter.session, name)) {
        const token = this.#tryGive(name, waiter);
        if (token !== undefined) waiter.answer({ token });
      }
    }
  }

  #tryGive(name: string, waiter: Waiter): number | undefined {
    this.#line.drop(name, waiter);
    try {
      return this.#give(name, waiter.session);
    } catch (error) {
      this.#options.log.warn({ error }, 'a lease could not be given to who waited for it');
      waiter.answer({ heldBy: null });
      return undefined;
    }
  }

  #ask(name: string, waiter: Waiter): void {
    const lease = this.#live(name);
    if (lease && waiter.ask) this.wanted(lease.session.node, name, lease.token, waiter.session.node);
  }

  #sweep(): void {
    if (this.#inGrace && performance.now() >= this.#graceUntil) {
      this.#options.log.warn({ nodes: [...this.#awaited] }, 'leases: these nodes did not say what they hold; it is free now');
      this.#endGrace();
    }
    for (const session of this.#all) {
      if (this.#isLive(session)) continue;
      this.#all.delete(session);
      if (this.#sessions.get(session.node) === session) this.#sessions.delete(session.node);
      if (session.names.size > 0) {
        this.#options.log.warn(
          { node: session.node, leases: session.names.size },
          `${session.node} did not renew its leases in time; they are free now`,
        );
      }
      for (const name of [...session.names]) this.#free(name);
    }
  }

  #remember(node: string): Promise<void> {
    let done = this.#remembered.get(node);
    if (!done) {
      done = this.#options.memory.addHolder(node);
      this.#remembered.set(node, done);
      done.catch(() => this.#remembered.delete(node));
    }
    return done;
  }

  /** @throws QueueFull when the memory did not give new tokens in time */
  #token(): number {
    if (this.#lastToken - this.#nextToken < TOKENS / 2)
      void this.#refill().catch((error: unknown) => this.#options.log.warn({ error }, 'no new tokens for leases'));
    if (this.#nextToken > this.#lastToken) throw new QueueFull('tokens for leases', TOKENS);
    return this.#nextToken++;
  }

  #refill(): Promise<void> {
    this.#refilling ??= (async () => {
      try {
        const first = await this.#options.memory.tokens(TOKENS);
        // What is left of the block before is lower: it is not used any more.
        this.#nextToken = first;
        this.#lastToken = first + TOKENS - 1;
      } finally {
        this.#refilling = undefined;
      }
    })();
    return this.#refilling;
  }
}
