/** What gate does to clients without being asked: it pushes, through the net nodes that have their connections. */
import { pushObject as push, rootserviceHandle } from 'firefly-ts';

/** Sends one packet to each of these connections. Game nodes may call it too. */
export const pushObject = rootserviceHandle(function pushObject(
  topic: number,
  message: string | Buffer,
  dynamicIds: readonly number[],
): void {
  push(topic, message, dynamicIds);
});
