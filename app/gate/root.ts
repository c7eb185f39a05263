/** Gate as a root: the nodes that link to it. */
import { setTimeout as delay } from 'node:timers/promises';
import { GlobalObject, StartFailed, state } from 'firefly-ts';

const POLL_MS = 50;
/** What a node gets that is not linked, but may be in a moment: after a restart of this gate, or of that node. */
const BACK_MS = 3_000;

export function gateRoot() {
  const { root } = GlobalObject();
  if (!root) throw new StartFailed('config: the node of app.gateserver needs a "rootport"');
  return root;
}

/** Names of the nodes that can be called: those that are linked, and those that are being restarted, calls to which wait. */
export function reachableNodes(): string[] {
  const { childsmanager } = gateRoot();
  return [...new Set([...childsmanager.names(), ...childsmanager.returning()])];
}

/** Names of the nodes that may get more to do, and of those that are being restarted and may when there is no other one. */
export function choosableNodes(): { now: string[]; soon: string[] } {
  const { childsmanager } = gateRoot();
  return { now: childsmanager.choosable(), soon: childsmanager.returning() };
}

/** One wait for all that wait for the same node. */
const waits = state('gate.waits', () => new Map<string, Promise<void>>());

/** Settles when a node can take players, or could not for a while. */
export function whenBack(node: string): Promise<void> {
  const wait = waits.get(node) ?? poll(node).finally(() => waits.delete(node));
  waits.set(node, wait);
  return wait;
}

async function poll(node: string): Promise<void> {
  const end = performance.now() + BACK_MS;
  const { childsmanager } = gateRoot();
  const isBack = () => childsmanager.getChildByName(node)?.isReady || childsmanager.returning().includes(node);
  while (!isBack() && performance.now() < end) await delay(POLL_MS);
}
