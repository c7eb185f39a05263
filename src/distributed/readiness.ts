/**
 * Whether a leaf is ready to be given something: it says so when it links, and again when that changes. One that says nothing is.
 *
 * A leaf links before it is ready, since its own start may need its roots.
 */
import type { Service } from '../services/service';
import type { LinkedChild } from './child';
import type { RemoteObject } from './node';

/** leaf to root: `(isReady)` */
const READY = 'firefly.leaf.ready';

/** What the hello of a leaf says. @param info its `state` is `ready` or another word */
export function isReadyIn({ state }: Readonly<Record<string, unknown>>): boolean {
  return state === undefined || state === 'ready';
}

/** Lets a root hear it. */
export function hearReadiness(internal: Service): void {
  internal.mapTarget((child: LinkedChild, isReady: boolean) => {
    child.isReady = isReady;
  }, READY);
}

/** Tells a root, when its link is there; when it comes, its hello says so. @throws what `notifyRemote` throws */
export function tellReadiness(root: RemoteObject, isReady: boolean): void {
  if (root.isUp) root.notifyRemote(READY, isReady);
}
