/** Typed calls of gate to a game node, whose targets are numbers. */
import { GlobalObject, StartFailed } from 'firefly-ts';
import type { GameApi } from '../../share/api';

type Arguments<Command extends keyof GameApi> = Parameters<GameApi[Command]>;
type Result<Command extends keyof GameApi> = Awaited<ReturnType<GameApi[Command]>>;

/** Settles with the game node's answer. @throws PeerDown at once when there is no such node */
export async function askGameNode<Command extends keyof GameApi>(
  node: string,
  command: Command,
  ...args: Arguments<Command>
): Promise<Result<Command>> {
  return (await gateRoot().callChild(node, command, ...args)) as Result<Command>;
}

/** The nodes that are linked to gate now. */
export function linkedNodes(): string[] {
  return gateRoot().childsmanager.names();
}

export function gateRoot() {
  const { root } = GlobalObject();
  if (!root) throw new StartFailed('config: the node of app.gateserver needs a "rootport"');
  return root;
}
