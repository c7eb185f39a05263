/** What a node does when another one is about to be restarted or drained: it holds what it would send there, and moves away what it has there. */
import type { RemoteObject } from '../../distributed/node';
import type { Logger } from '../../log/log';
import type { NodeGlobals } from '../globalobject';
import { NODE } from '../nodewire';
import { Drains } from './drains';
import { Holds } from './holds';

/** A master whose link was cut is back by then, and says what goes on; one that died is not, and another one says so too. */
const MASTER_BACK_MS = 1_000;

export interface PlansOptions {
  /** Of this node. */
  readonly name: string;
  readonly globals: NodeGlobals;
  readonly log: Logger;
  /** The longest that a held call waits. */
  readonly holdMs: number;
}

/** Registers the commands on the link to the master. @returns the holds, which the node's own stop has to abandon */
export function answerPlans(master: RemoteObject, { name, globals, log, holdMs }: PlansOptions): Holds {
  const drains = new Drains(name, globals, log);
  const holds = new Holds(globals, holdMs);
  const answers: Record<string, (...args: never[]) => unknown> = {
    [NODE.hold]: (peer: string, on: boolean, lifeMs: number, settleMs: number) =>
      on ? holds.begin(peer, lifeMs, settleMs) : holds.end(peer),
    [NODE.linked]: (peer: string, ms: number) => holds.whenLinked(peer, ms),
    [NODE.drain]: (peer: string, on: boolean, forGood: boolean, lifeMs: number, moves = true) =>
      on ? drains.begin(peer, { forGood, lifeMs, moves }) : drains.end(peer),
    [NODE.drained]: (peer: string) => drains.report(peer),
    [NODE.calm]: (but: string) => {
      holds.abandon(but);
      drains.endAll(but);
    },
  };
  for (const [target, answer] of Object.entries(answers)) master.internal.mapTarget(answer, target);
  // Nobody says any more that a restart is over; a drain goes on, and the next master ends it.
  let alone: NodeJS.Timeout | undefined;
  master.onDown(() => {
    clearTimeout(alone);
    alone = setTimeout(() => holds.abandon(), MASTER_BACK_MS).unref();
  });
  master.onUp(() => clearTimeout(alone));
  return holds;
}
