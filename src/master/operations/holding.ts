/**
 * Holding a node's calls while it is restarted: those who ask first begin first, and those who are asked first go on first.
 *
 * Sources come before the nodes they lead to: while a gate's requests are still under way its game nodes may push through it, so they hold it later than its net nodes do.
 * A held call waits for `holdMs` at most, so all of it has one deadline, which begins with the first hold: one node that stands still must not cost the calls of all others.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { NoSuchTarget } from '../../errors';
import { type HoldAnswer, NODE } from '../../server/nodewire';
import { type Fleet, peersOf, unlessAborted } from './fleet';
import type { Progress } from './operations';

/** In which what was sent before a hold is to be answered. For all nodes that hold together, and less than a held call may wait. */
const SETTLE_MS = 2_000;
/** What is not answered the last time is cut off by the restart. */
const TRIES = 3;
/** In which all go on before the next try. */
const PAUSE_MS = 1_000;
/** Also for those whose turn comes when that time is used up: what only is on its way is to arrive. */
const LEAST_SETTLE_MS = 200;
/** For the way there and back. */
const ANSWER_MS = 2_000;
/** How long a node may take to link again once the restarted one is ready. */
const LINK_MS = 5_000;
const LEAST_LINK_MS = 200;
/** Before held calls end, those that can go on do. */
const SPARE_MS = 1_000;
/** How long the next nodes wait for those before them to go on. */
const TURN_MS = 500;

export class Holding {
  readonly #fleet: Fleet;
  readonly #name: string;
  readonly #progress: Progress;
  readonly #holdMs: number;
  /** When the first call that is held ends. */
  #until = 0;

  /** @param name of the node that is to be restarted */
  constructor(fleet: Fleet, name: string, progress: Progress) {
    this.#fleet = fleet;
    this.#name = name;
    this.#progress = progress;
    this.#holdMs = fleet.config.limits.holdMs;
  }

  /**
   * A node that is only busy answers everything sooner or later, so all go on for a while and hold again; what never ends must not keep a restart waiting for ever.
   *
   * @param lifeMs the longest that it may last
   * @throws Error when a node does not begin, or the operation is called off; those that hold have to be let go then
   */
  async begin(lifeMs: number): Promise<void> {
    const { signal } = this.#progress;
    for (let tries = 1; ; tries++) {
      const unanswered = await this.#holdAll(lifeMs);
      if (unanswered === 0) return;
      const what = `${unanswered} calls have no answer of ${this.#name} yet`;
      if (tries === TRIES) {
        this.#progress.line(`${what} and are cut off`);
        return;
      }
      this.#progress.line(`${what}: all go on for a while, and hold again`);
      await this.letGo();
      await unlessAborted(signal, delay(PAUSE_MS));
    }
  }

  /** @returns calls that were sent before and are not answered */
  async #holdAll(lifeMs: number): Promise<number> {
    const { signal } = this.#progress;
    let unanswered = 0;
    this.#until = performance.now() + this.#holdMs;
    const settled = performance.now() + Math.min(SETTLE_MS, this.#holdMs / 2);
    for (const tier of peersOf(this.#name, this.#fleet.config).reverse()) {
      const settleMs = Math.max(Math.min(LEAST_SETTLE_MS, this.#holdMs / 2), Math.round(settled - performance.now()));
      const counts = await unlessAborted(signal, Promise.all(tier.map((peer) => this.#hold(peer, lifeMs, settleMs))));
      for (const count of counts) unanswered += count;
    }
    return unanswered;
  }

  /**
   * Lets everybody send what was held for a node that is ready again; not before all have their link to it, since one's calls may need another.
   * When held calls are about to end, those that are linked do not wait for the others any more.
   *
   * @returns calls that ended unsent
   */
  async goOn(): Promise<number> {
    const waitMs = Math.max(LEAST_LINK_MS, Math.min(LINK_MS, Math.round(this.#until - SPARE_MS - performance.now())));
    const late = new Set(await unlinked(this.#fleet, this.#name, this.#peers(), waitMs));
    let { sent, ended } = await this.#release((peer) => !late.has(peer));
    for (const rest of await Promise.all(Array.from(late, (peer) => this.#follow(peer, LINK_MS - waitMs)))) {
      sent += rest.sent;
      ended += rest.ended;
    }
    this.#progress.line(`${sent} held calls are sent to ${this.#name}${ended > 0 ? `, and ${ended} have ended without` : ''}`);
    return ended;
  }

  /** Lets one go on as soon as it has its link. */
  async #follow(peer: string, ms: number): Promise<{ sent: number; ended: number }> {
    if ((await unlinked(this.#fleet, this.#name, [peer], ms)).length > 0)
      this.#progress.line(`${peer} has not linked with ${this.#name} within ${LINK_MS} ms`);
    return this.#release((other) => other === peer);
  }

  /** Ends the hold everywhere, whatever the node is. */
  async letGo(): Promise<void> {
    await this.#release(() => true);
  }

  #peers(): string[] {
    return peersOf(this.#name, this.#fleet.config).flat();
  }

  /** @returns calls of it that are not answered */
  async #hold(peer: string, lifeMs: number, settleMs: number): Promise<number> {
    const child = this.#fleet.child(peer);
    if (!child) {
      // Whoever is away now finds the node there again when it is back, or waits for it.
      if (this.#fleet.process(peer).state !== 'ready') return 0;
      throw new Error(`${peer} is ready but has no link to the master, so it cannot hold calls to ${this.#name}; nothing was changed`);
    }
    const spareMs = Math.max(SPARE_MS, this.#until - SPARE_MS - performance.now());
    try {
      const timeoutMs = Math.min(settleMs + ANSWER_MS, spareMs);
      const { inFlight } = (await child.call(NODE.hold, [this.#name, true, lifeMs, settleMs], { timeoutMs })) as HoldAnswer;
      return inFlight;
    } catch (cause) {
      if (!(cause instanceof NoSuchTarget))
        throw new Error(`${peer} did not begin to hold calls to ${this.#name}; nothing was changed`, { cause });
      this.#progress.line(`${peer} cannot hold calls: what it sends to ${this.#name} meanwhile is lost`);
      return 0;
    }
  }

  async #release(whom: (peer: string) => boolean): Promise<{ sent: number; ended: number }> {
    const answers: Promise<PromiseSettledResult<unknown>[]>[] = [];
    for (const tier of peersOf(this.#name, this.#fleet.config)) {
      const released = tier
        .filter(whom)
        .map((peer) => this.#fleet.child(peer)?.call(NODE.hold, [this.#name, false, 0, 0], { timeoutMs: ANSWER_MS }));
      const answer = Promise.allSettled(released);
      answers.push(answer);
      await Promise.race([answer, delay(TURN_MS, undefined, { ref: false })]);
    }
    const sum = { sent: 0, ended: 0 };
    for (const result of (await Promise.all(answers)).flat()) {
      // A node that is gone holds nothing, and one that does not answer lets go when the hold's time is over.
      const { sent, ended } = result.status === 'fulfilled' ? ((result.value ?? NOTHING) as HoldAnswer) : NOTHING;
      sum.sent += sent;
      sum.ended += ended;
    }
    return sum;
  }
}

/** Waits until everybody has a link with a node that is ready. */
export async function whenLinked(fleet: Fleet, name: string, progress: Progress): Promise<void> {
  for (const peer of await unlinked(fleet, name, peersOf(name, fleet.config).flat(), LINK_MS))
    progress.line(`${peer} has not linked with ${name} within ${LINK_MS} ms`);
}

/** @returns those that have no link with a node after that time, or do not answer */
async function unlinked(fleet: Fleet, name: string, peers: readonly string[], ms: number): Promise<string[]> {
  const timeoutMs = ms + SPARE_MS / 4;
  const answers = await Promise.allSettled(peers.map((peer) => fleet.child(peer)?.call(NODE.linked, [name, ms], { timeoutMs })));
  return peers.filter((_, index) => answers[index]?.status === 'rejected');
}

const NOTHING = { sent: 0, ended: 0 };
