/** What gate does to clients without being asked: pushes and closed connections, through the net node that has the connection. */
import { GlobalObject, rootserviceHandle, sessions } from 'firefly-ts';
import type { NetApi } from '../share/api';
import { gameLog } from '../share/game';

/** Sends one packet to each of these connections that somebody is logged in on. Game nodes call it too. */
export const pushObject = rootserviceHandle(function pushObject(
  topic: number,
  message: string | Buffer,
  dynamicIds: readonly number[],
): void {
  const byNet = new Map<string, number[]>();
  for (const dynamicId of dynamicIds) {
    const net = sessions().get(dynamicId)?.net;
    if (net === undefined) continue;
    const ids = byNet.get(net);
    if (ids) ids.push(dynamicId);
    else byNet.set(net, [dynamicId]);
  }
  for (const [net, ids] of byNet) toNet(net, 'pushObject', topic, message, ids);
});

/** Closes a connection that somebody is logged in on, after what was pushed to it. */
export function dropConnection(dynamicId: number, reason: string): void {
  const net = sessions().get(dynamicId)?.net;
  if (net !== undefined) toNet(net, 'dropConnection', dynamicId, reason);
}

/** A net node that cannot be told has lost its clients, or soon will. */
function toNet<Target extends keyof NetApi>(net: string, target: Target, ...args: Parameters<NetApi[Target]>): void {
  try {
    GlobalObject().root?.notifyChild(net, target, ...args);
  } catch (error) {
    gameLog()?.warn({ net, target, error }, 'a net node could not be told');
  }
}
