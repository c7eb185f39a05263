/** Gate: passes each client's commands on to a game node, always the same one while that runs. */
import { GlobalObject, rootserviceHandle } from 'firefly-ts';

rootserviceHandle(async function forward(command: number, dynamicId: number, data: Buffer): Promise<unknown> {
  const { root } = GlobalObject();
  const nodes = gameNodes(root?.childsmanager.choosable());
  // One that is being restarted gets what comes meanwhile when it is back.
  const some = nodes.length > 0 ? nodes : gameNodes(root?.childsmanager.returning());
  const node = some[dynamicId % some.length];
  if (node === undefined) return { error: 'no game node is up' };
  return root?.callChild(node, command, dynamicId, data);
});

function gameNodes(names: readonly string[] = []): string[] {
  return names.filter((name) => name.startsWith('game'));
}
