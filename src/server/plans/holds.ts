/** Peers whose calls this node holds while they are restarted. Who told it to may be gone before that is over. */
import { setTimeout as delay } from 'node:timers/promises';
import { PeerDown } from '../../errors';
import type { NodeGlobals } from '../globalobject';
import type { HoldAnswer } from '../nodewire';

const POLL_MS = 10;

type Ends = Pick<NodeGlobals, 'remote' | 'root'>;

export class Holds {
  readonly #ends: Ends;
  readonly #holdMs: number;
  /** By peer; each hold is another object. */
  readonly #held = new Map<string, object>();

  /** @param holdMs the longest that a call waits */
  constructor(ends: Ends, holdMs: number) {
    this.#ends = ends;
    this.#holdMs = holdMs;
  }

  async begin(peer: string, lifeMs: number, settleMs: number): Promise<HoldAnswer> {
    const { remote, root } = this.#ends;
    this.#held.set(peer, {});
    const inFlight = await (remote[peer]?.hold(lifeMs, settleMs) ?? root?.holdChild(peer, lifeMs, settleMs));
    return { inFlight: inFlight ?? 0, sent: 0, ended: 0 };
  }

  end(peer: string): HoldAnswer {
    const { remote, root } = this.#ends;
    this.#held.delete(peer);
    const outcome = remote[peer]?.release() ?? root?.releaseChild(peer) ?? { sent: 0, ended: 0 };
    return { inFlight: 0, ...outcome };
  }

  /** Nobody will end them: each ends at once when its peer is linked, or else when it links, at the latest when no call waits any more. @param but goes on */
  abandon(but = ''): void {
    for (const [peer, hold] of this.#held) if (peer !== but) void this.#endWhenLinked(peer, hold);
  }

  /** Waits for the link with a peer that is ready. @throws Deadline, PeerDown */
  async whenLinked(peer: string, ms: number): Promise<void> {
    const { remote } = this.#ends;
    if (remote[peer]) return remote[peer].whenUp(ms);
    const end = performance.now() + ms;
    while (!this.#isLinked(peer)) {
      if (performance.now() >= end) throw new PeerDown(peer, false);
      await delay(POLL_MS, undefined, { ref: false });
    }
  }

  async #endWhenLinked(peer: string, hold: object): Promise<void> {
    if (!this.#isLinked(peer)) await this.whenLinked(peer, this.#holdMs).catch(() => {});
    // It may have ended meanwhile, and a new one begun.
    if (this.#held.get(peer) === hold) this.end(peer);
  }

  #isLinked(peer: string): boolean {
    const { remote, root } = this.#ends;
    // A leaf links before it is ready; a root listens when it is.
    return remote[peer]?.isUp ?? root?.childsmanager.getChildByName(peer)?.isReady ?? false;
  }
}
