/** What gate does to clients without being asked: it pushes, and it closes connections, through the net node that has them. */
import { GlobalObject, pushObject as push, rootserviceHandle, sessions } from 'firefly-ts';
import type { NetApi } from '../share/api';
import { gameLog } from '../share/game';
import { linkedNodes } from './root';

/** Sends one packet to each of these connections. Game nodes may call it too. */
export const pushObject = rootserviceHandle(function pushObject(
  topic: number,
  message: string | Buffer,
  dynamicIds: readonly number[],
): void {
  push(topic, message, dynamicIds);
});

/** Closes a connection that somebody is logged in on, after what was pushed to it. */
export function dropConnection(dynamicId: number, reason: string): void {
  const net = sessions().get(dynamicId)?.net;
  if (net !== undefined) toNet(net, 'dropConnection', dynamicId, reason);
}

/** Whether the net node that has the connection is linked now. */
export function isReachable(dynamicId: number): boolean {
  const net = sessions().get(dynamicId)?.net;
  return net !== undefined && linkedNodes().includes(net);
}

/** A net node that cannot be told has lost its clients, or soon will. */
function toNet<Target extends keyof NetApi>(net: string, target: Target, ...args: Parameters<NetApi[Target]>): void {
  try {
    GlobalObject().root?.notifyChild(net, target, ...args);
  } catch (error) {
    gameLog()?.warn({ net, target, error }, 'a net node could not be told');
  }
}
