/**
 * Clients are held back while a node is restarted that calls wait for: beyond what may wait, requests stay with those who send them, whom TCP slows down.
 *
 * A root tells its net nodes when it begins to hold anything; from then on, and while it holds a root itself, a net node has a bounded number of requests
 * under way. All net nodes together have half of what a root may hold, so that a client's request never finds that queue full.
 */
import type { ClusterConfig } from '../../config/config';
import type { Child } from '../../distributed/child';
import type { RemoteObject } from '../../distributed/node';
import type { PBRoot } from '../../distributed/root';
import type { Logger } from '../../log/log';
import type { LiberateFactory } from '../../netconnect/factory';
import type { InFlightBound } from '../../netconnect/inflight';
import { rangeOf } from './dynamicids';

/** root to net: `(on)` */
const HOLDS = 'firefly.front.bound';

/** Of what may be held; the rest is for pushes and for what nodes ask by themselves. */
const PART = 1 / 2;

/** How many requests of clients one net node may have under way while something is held. */
export function boundOf({ nodes, limits }: Pick<ClusterConfig, 'nodes' | 'limits'>): InFlightBound {
  const fronts = Object.values(nodes).filter(({ netPort, wsPort }) => netPort !== undefined || wsPort !== undefined).length;
  const part = PART / Math.max(1, fronts);
  return {
    requests: Math.max(1, Math.floor(limits.heldCalls * part)),
    bytes: Math.max(1, Math.floor(limits.heldBytes * part)),
  };
}

/** Lets this root tell its net nodes when it holds something: calls to a leaf, or to a root of its own such as dbfront. */
export function tellOfHolds(root: PBRoot, remotes: readonly RemoteObject[], log: Logger): void {
  const tell = (child: Child, on: boolean) => {
    if (rangeOf(child).count === 0) return;
    try {
      child.notify(HOLDS, [on]);
    } catch (error) {
      log.debug({ net: child.name, error }, `${child.name} was not told that calls are held`);
    }
  };
  const held = new Set<PBRoot | RemoteObject>();
  const set = (end: PBRoot | RemoteObject, on: boolean) => {
    if (on) held.add(end);
    else held.delete(end);
    for (const child of root.childsmanager) tell(child, held.size > 0);
  };
  for (const end of [root, ...remotes]) end.onHold((on) => set(end, on));
  root.watch({ linked: (child) => held.size > 0 && tell(child, true) });
}

/** Lets this net node hold its clients back. */
export function holdBack(factory: LiberateFactory, roots: readonly RemoteObject[], bound: InFlightBound): void {
  const reasons = new Set<string>();
  const set = (reason: string, on: boolean) => {
    if (on) reasons.add(reason);
    else reasons.delete(reason);
    factory.limitInFlight(reasons.size > 0 ? bound : undefined);
  };
  for (const root of roots) {
    root.onHold((on) => set(`${root.root} is held`, on));
    root.internal.mapTarget((on: boolean) => set(`${root.root} holds`, on), HOLDS);
    root.onDown(() => set(`${root.root} holds`, false));
  }
}
