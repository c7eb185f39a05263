/**
 * The leases of this node: names that it alone holds in the cluster, such as an account that is logged in here.
 *
 * dbfront keeps the book. This node renews all it holds with one message; when that has not worked for three quarters of `leaseMs`, by its
 * own clock, it holds nothing any more and says so (`onLost`), well before the book gives anything to another node.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LeasePort } from '../../dbentrust/leases/leaseport';
import { FireflyError, LeaseHeld, PeerDown } from '../../errors';
import type { Logger } from '../../log/log';
import type { Metrics } from '../../metrics/metrics';
import { HeldLease, type Lease } from './lease';

/** What a holder may count on, of the time after which the book takes its leases for ended. */
const OWN_SHARE = 0.75;
/** Renewals in a `leaseMs`. */
const RENEWALS = 6;
const WAIT_MS = 5_000;
/** Before a book that could not say is asked again. */
const AGAIN_MS = 50;

export interface AcquireOptions {
  /** How long to wait for the node that holds it to let go; 5 seconds when left out. */
  readonly waitMs?: number;
  /** False: a name that another node holds is refused at once, and that node is not asked for it. */
  readonly ask?: boolean;
}

type Wanted = (lease: Lease, by: string) => unknown;
type Lost = (lease: Lease, reason: string) => unknown;

export interface LeasesOptions {
  readonly ttlMs: number;
  readonly log: Logger;
  readonly metrics?: Metrics;
}

export class Leases {
  /** Runs when another node asks for a lease of this one. */
  wanted: Wanted = () => {};
  /** Runs for a lease that this node holds no more, although it did not release it. */
  lost: Lost = () => {};
  readonly #log: Logger;
  readonly #ttlMs: number;
  readonly #held = new Map<string, HeldLease>();
  readonly #acquiring = new Map<string, Promise<Lease>>();
  /** Leases whose `wanted` is under way. */
  readonly #letting = new Set<HeldLease>();
  readonly #waiting = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  #port: LeasePort | undefined;
  #isUp = false;
  /** The book has been told what this session holds. */
  #isAsserted = false;
  #session: string = randomUUID();
  /** Until when this node holds what it holds, by its own clock. */
  #until = 0;

  constructor({ ttlMs, log, metrics }: LeasesOptions) {
    this.#ttlMs = ttlMs;
    this.#log = log;
    this.#timer = setInterval(() => this.#tick(), Math.max(10, ttlMs / RENEWALS));
    metrics?.gauge('firefly_leases_own', 'Leases that this node holds', () => this.#held.size);
  }

  /** The lease of that name, when this node holds it. */
  get(name: string): Lease | undefined {
    this.#lookAtClock();
    return this.#held.get(name);
  }

  /** How many this node holds. */
  get size(): number {
    this.#lookAtClock();
    return this.#held.size;
  }

  /**
   * Takes a name, or gives the lease that this node has of it: a lease is the node's, whoever in it asks.
   *
   * A name that another node holds: that node is asked for it (`onWanted`), and the name is this node's when it was released.
   *
   * @throws LeaseHeld when it is not to be had in time, PeerDown when dbfront cannot be reached, QueueFull
   */
  acquire(name: string, { waitMs = WAIT_MS, ask = true }: AcquireOptions = {}): Promise<Lease> {
    const held = this.get(name);
    if (held) return Promise.resolve(held);
    const underWay = this.#acquiring.get(name);
    if (underWay) return underWay;
    const acquiring = this.#acquire(name, performance.now() + waitMs, ask).finally(() => this.#acquiring.delete(name));
    this.#acquiring.set(name, acquiring);
    return acquiring;
  }

  /**
   * Sets what runs when another node asks for a lease. It ends what the lease stands for, then calls `lease.release()`; without that
   * the lease is kept and the other one waits in vain.
   */
  onWanted(fn: Wanted): void {
    this.wanted = fn;
  }

  /** Sets what runs for a lease that was lost. The node must not go on with what it stands for: another one may have it soon. */
  onLost(fn: Lost): void {
    this.lost = fn;
  }

  /** For the framework: the book can be reached by `port` from now on. */
  linked(port: LeasePort): void {
    this.#port = port;
    this.#isUp = true;
    void this.#assert();
  }

  /** For the framework: it cannot be reached. */
  unlinked(): void {
    this.#isUp = false;
    this.#isAsserted = false;
  }

  /** For the framework: the book tells that another node waits. */
  async asked(name: string, token: number, by: string): Promise<void> {
    // The answer that gives the name to this node may have come with the same bytes.
    await this.#acquiring.get(name)?.catch(() => {});
    const lease = this.#held.get(name);
    if (lease?.token !== token || !lease.isHeld) {
      // An answer that was lost gave it to this node, or this node lost it.
      if (!lease) await this.#release(this.#session, name, token);
      return;
    }
    if (this.#letting.has(lease)) return;
    this.#letting.add(lease);
    try {
      await this.wanted(lease, by);
    } catch (error) {
      this.#log.error({ error, lease: name }, `${by} waits for lease ${name} and letting go of it failed`);
    } finally {
      this.#letting.delete(lease);
    }
  }

  /** Ends the renewals. What is held stays so until it runs out: a node that is restarted gets it back. */
  close(): void {
    clearInterval(this.#timer);
    this.#isUp = false;
  }

  async #acquire(name: string, end: number, ask: boolean): Promise<Lease> {
    for (;;) {
      const port = await this.#whenUsable(end);
      const session = this.#session;
      try {
        const answer = await port.grant(session, name, Math.max(0, end - performance.now()), ask);
        if ('token' in answer) {
          if (session === this.#session && this.#isValid()) return this.#hold(name, answer.token);
          await this.#release(session, name, answer.token);
        } else if (answer.heldBy !== null) throw new LeaseHeld(name, answer.heldBy);
      } catch (error) {
        // A link that came back has told the book all that this node knows to hold; otherwise the book may think that it has it.
        if (!(error instanceof PeerDown) && error instanceof FireflyError && error.maybeExecuted) void this.#release(session, name, null);
        if (!(error instanceof PeerDown)) throw error;
      }
      if (performance.now() >= end) throw new LeaseHeld(name, null);
      await delay(AGAIN_MS);
    }
  }

  #hold(name: string, token: number): Lease {
    const lease = new HeldLease(name, token, {
      isHeld: (it) => this.#held.get(name) === it && this.#isValid(),
      release: async (it) => {
        if (this.#held.get(name) !== it) return;
        this.#held.delete(name);
        await this.#release(this.#session, name, token);
      },
    });
    this.#held.set(name, lease);
    return lease;
  }

  /** A book that does not hear of it learns it when this node links again: the lease is not among those it has. */
  async #release(session: string, name: string, token: number | null): Promise<void> {
    try {
      if (this.#isUp) await this.#port?.release(session, name, token);
    } catch (error) {
      this.#log.debug({ error, lease: name }, 'dbfront did not hear that a lease was released');
    }
  }

  /** Waits until leases can be had. @throws PeerDown at `end` */
  async #whenUsable(end: number): Promise<LeasePort> {
    this.#lookAtClock();
    while (!(this.#port && this.#isUp && this.#isAsserted && this.#isValid())) {
      const left = end - performance.now();
      if (left <= 0) throw new PeerDown('dbfront, which keeps the leases,', false);
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, left);
        this.#waiting.add(done);
      });
    }
    return this.#port;
  }

  #isValid(): boolean {
    return performance.now() < this.#until;
  }

  #tick(): void {
    this.#lookAtClock();
    if (!this.#isUp) return;
    if (this.#isAsserted) void this.#renew();
    else void this.#assert();
  }

  async #assert(): Promise<void> {
    this.#lookAtClock();
    const session = this.#session;
    const held = Array.from(this.#held.values(), ({ name, token }) => [name, token] as const);
    await this.#ask(async (port) => {
      const lost = await port.assert(session, held);
      if (session !== this.#session) return false;
      for (const name of lost) this.#lose(name, 'another node has it');
      return true;
    });
  }

  #renew(): Promise<void> {
    return this.#ask((port) => port.renew(this.#session));
  }

  /** What the book agrees to counts from the moment at which it was asked. */
  async #ask(ask: (port: LeasePort) => Promise<boolean>): Promise<void> {
    const { port, session, sentAt } = { port: this.#port, session: this.#session, sentAt: performance.now() };
    if (!port) return;
    try {
      const isAgreed = await ask(port);
      if (session !== this.#session || !this.#isUp) return;
      this.#isAsserted = isAgreed;
      if (!isAgreed) {
        this.#lapse('dbfront does not know this session');
        return;
      }
      this.#until = Math.max(this.#until, sentAt + this.#ttlMs * OWN_SHARE);
      for (const done of [...this.#waiting]) done();
    } catch (error) {
      if (!(error instanceof PeerDown)) this.#log.warn({ error }, 'leases could not be renewed; it is tried again');
    }
  }

  /** A process that was frozen finds out here that its time is over, whatever runs first. */
  #lookAtClock(): void {
    if (this.#until > 0 && !this.#isValid()) this.#lapse(`not renewed for ${Math.round(this.#ttlMs * OWN_SHARE)} ms`);
  }

  /** Everything that was held is lost; a new session begins. */
  #lapse(reason: string): void {
    this.#until = 0;
    this.#session = randomUUID();
    this.#isAsserted = false;
    if (this.#held.size > 0) this.#log.error({ leases: this.#held.size, reason }, `${this.#held.size} leases are lost: ${reason}`);
    for (const name of [...this.#held.keys()]) this.#lose(name, reason);
    if (this.#isUp) void this.#assert();
  }

  #lose(name: string, reason: string): void {
    const lease = this.#held.get(name);
    if (!lease) return;
    this.#held.delete(name);
    const failed = (error: unknown) => this.#log.error({ error, lease: name }, 'onLost failed for a lease');
    try {
      Promise.resolve(this.lost(lease, reason)).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}
