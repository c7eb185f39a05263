/**
 * Pushes to clients from any node: a root hands a message to the net nodes that have the connections, a leaf hands it to one of its roots.
 *
 * Which net node a connection is on is told by its number alone, so every root can reach every client.
 */
import type { Child } from '../../distributed/child';
import type { RemoteObject } from '../../distributed/node';
import type { PBRoot } from '../../distributed/root';
import { PeerDown, StartFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { LiberateFactory } from '../../netconnect/factory';
import { GlobalObject } from '../globalobject';
import { netOf } from './dynamicids';

/** leaf to root and root to net: `(topic, message, to)` */
const PUSH = 'firefly.push';

/** Lets this root pass on what leaves push. */
export function passPushesOn(root: PBRoot, log: Logger): void {
  root.internal.mapTarget(
    (_child: Child, topic: number, message: unknown, to: readonly number[]) => distribute(root, log, topic, message, to),
    PUSH,
  );
}

/** Lets this net node send what its roots push. */
export function takePushes(roots: readonly RemoteObject[], factory: LiberateFactory): void {
  for (const { internal } of roots) {
    internal.mapTarget((topic: number, message: unknown, to: readonly number[]) => factory.pushObject(topic, message, to), PUSH);
  }
}

/**
 * Sends one message to many clients, wherever in the cluster they are connected. Nothing is heard of it: a client that is gone is passed over.
 *
 * A net node reaches its own clients only, every other node all.
 *
 * @param topic what clients see as the command, a u32
 * @param message bytes or a string as they are, other values as JSON
 * @param to dynamicIds
 * @throws PeerDown when none of the roots that could pass it on is there, QueueFull, TooLarge; StartFailed in a node that links to none
 */
export function pushObject(topic: number, message: unknown, to: readonly number[]): void {
  const { netfactory, root, log, node } = GlobalObject();
  if (netfactory) netfactory.pushObject(topic, message, to);
  else if (root && log) distribute(root, log, topic, message, to);
  else rootFor(node.roots ?? [], to).notifyRemote(PUSH, topic, message, to);
}

/** One and the same root for pushes to one client, so that they keep their order. */
function rootFor(roots: readonly RemoteObject[], to: readonly number[]): RemoteObject {
  if (roots.length === 0) throw new StartFailed('pushObject: this node links to no root; name a gate in its "remoteport" in the config');
  // One that is being restarted counts: pushes to it wait and keep their order. One that is drained goes for good.
  const there = roots.filter(({ isUp, isReturning }) => isUp || isReturning);
  const staying = there.filter(({ isDraining }) => !isDraining);
  const up = staying.length > 0 ? staying : there;
  const chosen = up[(to[0] ?? 0) % up.length];
  if (!chosen) throw new PeerDown(roots.map(({ root }) => root).join(', '), false);
  return chosen;
}

function distribute(root: PBRoot, log: Logger, topic: number, message: unknown, to: readonly number[]): void {
  const byNet = new Map<Child, number[]>();
  for (const dynamicId of to) {
    const net = netOf(root, dynamicId);
    const ids = net && byNet.get(net);
    if (ids) ids.push(dynamicId);
    else if (net) byNet.set(net, [dynamicId]);
  }
  for (const [net, ids] of byNet) {
    try {
      net.notify(PUSH, [topic, message, ids]);
    } catch (error) {
      // A net node that cannot be told has lost its clients, or soon will.
      log.warn({ net: net.name, topic, error }, `a push did not reach ${net.name}`);
    }
  }
}
