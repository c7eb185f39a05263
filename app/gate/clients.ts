/** What gate does to clients without being asked: pushes and closed connections. Every net node is told; the one that owns the connection acts. */
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
import { gameLog } from '../share/game';

/** Sends one packet to each of these connections. Other nodes may call it too. */
export const pushObject = rootserviceHandle(function pushObject(
  topic: number,
  message: string | Buffer,
  dynamicIds: readonly number[],
): void {
  toNets('pushObject', topic, message, dynamicIds);
});

export function dropConnection(dynamicId: number, reason: string): void {
  toNets('dropConnection', dynamicId, reason);
}

function toNets(target: string, ...args: unknown[]): void {
  const root = GlobalObject().root;
  for (const name of root?.childsmanager.names() ?? []) {
    if (!name.startsWith('net')) continue;
    try {
      root?.notifyChild(name, target, ...args);
    } catch (error) {
      gameLog().warn({ net: name, target, error }, 'a net node could not be told');
    }
  }
}
