/**
 * Holding a node's calls while it is restarted: those who ask first begin first, and those who are asked first go on first.
 *
 * Sources come before the nodes they lead to: while a gate's requests are still under way its game nodes may push through it, so they hold it later than its net nodes do.
 */
import { NoSuchTarget } from '../errors';
import { type HoldAnswer, NODE } from '../server/nodewire';
import { type Fleet, peersOf } from './fleet';
import type { Progress } from './operations';

/** What was sent before a hold and is not answered by then is cut off by the restart. Less than a held call may wait. */
const SETTLE_MS = 2_000;
/** For the way there and back. */
const ANSWER_MS = 2_000;
/** How long a node may take to link again once the restarted one is ready. */
const LINK_MS = 5_000;

/** @param lifeMs the longest that it may last @throws Error when a node does not answer; those that hold have let go then */
export async function holdFor(fleet: Fleet, name: string, lifeMs: number, progress: Progress): Promise<void> {
  const settleMs = Math.min(SETTLE_MS, fleet.config.limits.holdMs / 2);
  for (const tier of peersOf(name, fleet.config).reverse()) {
    try {
      await Promise.all(tier.map((peer) => hold(fleet, peer, name, [lifeMs, settleMs], progress)));
    } catch (cause) {
      await letGo(fleet, name);
      throw new Error(`${tier.join(' or ')} did not begin to hold calls to ${name}; nothing was changed`, { cause });
    }
  }
}

/** @param times the longest that it may last, and how long to wait for what was sent before */
async function hold(fleet: Fleet, peer: string, name: string, times: [number, number], progress: Progress): Promise<void> {
  const child = fleet.child(peer);
  // Whoever is away now finds the node there again when it is back, or waits for it.
  if (!child) return;
  try {
    const { inFlight } = (await child.call(NODE.hold, [name, true, ...times], { timeoutMs: times[1] + ANSWER_MS })) as HoldAnswer;
    if (inFlight > 0)
      progress.line(`${peer} waits for ${inFlight} answers of ${name}, which the restart cuts off (${times[1]} ms are over)`);
  } catch (error) {
    if (!(error instanceof NoSuchTarget)) throw error;
    progress.line(`${peer} cannot hold calls: what it sends to ${name} meanwhile is lost`);
  }
}

/**
 * Lets everybody send what was held for a node that is ready again; not before all have their link to it, since one's calls may need another.
 *
 * @returns calls that ended unsent
 */
export async function goOn(fleet: Fleet, name: string, progress: Progress): Promise<number> {
  await whenLinked(fleet, name, progress);
  const { sent, ended } = await letGo(fleet, name);
  progress.line(`${sent} held calls are sent to ${name}${ended > 0 ? `, and ${ended} have ended without` : ''}`);
  return ended;
}

/** Waits until everybody has a link with a node that is ready. */
export async function whenLinked(fleet: Fleet, name: string, progress: Progress): Promise<void> {
  const peers = peersOf(name, fleet.config).flat();
  await Promise.all(
    peers.map(async (peer) => {
      try {
        await fleet.child(peer)?.call(NODE.linked, [name, LINK_MS], { timeoutMs: LINK_MS + ANSWER_MS });
      } catch {
        progress.line(`${peer} has not linked with ${name} within ${LINK_MS} ms`);
      }
    }),
  );
}

/** Ends the hold everywhere, whatever the node is. */
export async function letGo(fleet: Fleet, name: string): Promise<{ sent: number; ended: number }> {
  const sum = { sent: 0, ended: 0 };
  for (const tier of peersOf(name, fleet.config)) {
    const released = tier.map((peer) => fleet.child(peer)?.call(NODE.hold, [name, false, 0, 0], { timeoutMs: ANSWER_MS }));
    for (const result of await Promise.allSettled(released)) {
      // A node that is gone holds nothing, and one that does not answer lets go when the hold's time is over.
      const { sent, ended } = result.status === 'fulfilled' ? ((result.value ?? NOTHING) as HoldAnswer) : NOTHING;
      sum.sent += sent;
      sum.ended += ended;
    }
  }
  return sum;
}

const NOTHING = { sent: 0, ended: 0 };
