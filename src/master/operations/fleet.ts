/** What planned work on nodes needs of the cluster, and the words for it: who links to whom, and questions to nodes that may not answer. */
import type { ClusterConfig } from '../../config/config';
import { startOrder } from '../../config/order';
import type { Child } from '../../distributed/child';
import { PeerDown } from '../../errors';
import { NODE } from '../../server/nodewire';
import type { NodeProcess } from '../nodes/nodeprocess';

export interface Fleet {
  readonly config: ClusterConfig;
  process(name: string): NodeProcess;
  /** The node's link; undefined while it has none. */
  child(name: string): Child | undefined;
  /** Asks a node to stop, by its link or by a signal. */
  askToStop(name: string): void;
}

/** Nodes that link with `name`, in the tiers of the start order: roots of it and leaves of it. */
export function peersOf(name: string, config: ClusterConfig): string[][] {
  const roots = config.nodes[name]?.roots.map((root) => root.name) ?? [];
  const isPeer = (other: string) => roots.includes(other) || (config.nodes[other]?.roots ?? []).some((root) => root.name === name);
  return startOrder(config)
    .map((tier) => tier.filter(isPeer))
    .filter((tier) => tier.length > 0);
}

/** What a node may take to say how it is. */
const ANSWER_MS = 5_000;

/** Makes sure that all who link with a node are there: without them it would not get ready again, or they would lose what they send. @throws Error that names who is not */
export async function peersAnswer(fleet: Fleet, name: string): Promise<void> {
  const roots = fleet.config.nodes[name]?.roots.map((root) => root.name) ?? [];
  // A leaf that has trouble of its own, or was given up, is no reason to leave everything as it is.
  const peers = peersOf(name, fleet.config)
    .flat()
    .filter((peer) => roots.includes(peer) || fleet.process(peer).state === 'ready');
  const isThere = async (peer: string) => {
    const process = fleet.process(peer);
    if (!(await process.waitFor((it) => it.state === 'ready', ANSWER_MS)))
      throw new Error(`${peer} is ${process.state}; nothing was changed`);
    const answer = fleet.child(peer)?.call(NODE.status, [], { timeoutMs: ANSWER_MS }) ?? Promise.reject(new PeerDown(peer, false));
    await answer.catch((cause: unknown) => {
      throw new Error(`${peer}, which links with ${name}, does not answer; nothing was changed`, { cause });
    });
  };
  await Promise.all(peers.map(isThere));
}

/** Whether clients connect to the node: their sockets end with it. */
export function isClientFront(name: string, config: ClusterConfig): boolean {
  const node = config.nodes[name];
  return node?.netPort !== undefined || node?.wsPort !== undefined;
}

/** @throws the signal's reason when it is aborted first */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
