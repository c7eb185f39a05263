/** Gate as a root: the nodes that link to it. */
import { GlobalObject, StartFailed } from 'firefly-ts';

export function gateRoot() {
  const { root } = GlobalObject();
  if (!root) throw new StartFailed('config: the node of app.gateserver needs a "rootport"');
  return root;
}

/** Names of the nodes that are linked now. */
export function linkedNodes(): string[] {
  return gateRoot().childsmanager.names();
}
