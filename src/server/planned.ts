/** What a node does when another one is about to be restarted or drained: it holds what it would send there, and moves away what it has there. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RemoteObject } from '../distributed/node';
import { PeerDown } from '../errors';
import type { Logger } from '../log/log';
import { Drains } from './drains';
import type { NodeGlobals } from './globalobject';
import { type HoldAnswer, NODE } from './nodewire';

const POLL_MS = 10;

/** Registers the commands on the link to the master. @param name of this node */
export function answerPlans(master: RemoteObject, name: string, globals: NodeGlobals, log: Logger): void {
  const drains = new Drains(name, globals, log);
  const answers: Record<string, (...args: never[]) => unknown> = {
    [NODE.hold]: (peer: string, on: boolean, lifeMs: number, settleMs: number) =>
      on ? hold(globals, peer, lifeMs, settleMs) : release(globals, peer),
    [NODE.linked]: (peer: string, ms: number) => whenLinked(globals, peer, ms),
    [NODE.drain]: (peer: string, on: boolean, forGood: boolean, lifeMs: number) =>
      on ? drains.begin(peer, forGood, lifeMs) : drains.end(peer),
    [NODE.drained]: (peer: string) => drains.report(peer),
  };
  for (const [target, answer] of Object.entries(answers)) master.internal.mapTarget(answer, target);
}

async function hold({ remote, root }: NodeGlobals, peer: string, lifeMs: number, settleMs: number): Promise<HoldAnswer> {
  const inFlight = await (remote[peer]?.hold(lifeMs, settleMs) ?? root?.holdChild(peer, lifeMs, settleMs));
  return { inFlight: inFlight ?? 0, sent: 0, ended: 0 };
}

function release({ remote, root }: NodeGlobals, peer: string): HoldAnswer {
  const outcome = remote[peer]?.release() ?? root?.releaseChild(peer) ?? { sent: 0, ended: 0 };
  return { inFlight: 0, ...outcome };
}

/** @throws Deadline, PeerDown */
async function whenLinked({ remote, root }: NodeGlobals, peer: string, ms: number): Promise<void> {
  if (remote[peer]) return remote[peer].whenUp(ms);
  const end = performance.now() + ms;
  while (!root?.childsmanager.getChildByName(peer)) {
    if (performance.now() >= end) throw new PeerDown(peer, false);
    await delay(POLL_MS);
  }
}
