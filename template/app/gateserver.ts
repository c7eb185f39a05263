/** Gate: passes each client's commands on to a game node, always the same one while that runs. */
import { GlobalObject, rootserviceHandle } from 'firefly-ts';

rootserviceHandle(async function forward(command: number, dynamicId: number, data: Buffer): Promise<unknown> {
  const { root } = GlobalObject();
  const nodes = root?.childsmanager.names().filter((name) => name.startsWith('game')) ?? [];
  const node = nodes[dynamicId % nodes.length];
  if (node === undefined) return { error: 'no game node is up' };
  return root?.callChild(node, command, dynamicId, data);
});
