/** What planned work on nodes needs of the cluster, and the words for it: who links to whom, and questions to nodes that may not answer. */
import type { ClusterConfig } from '../../config/config';
import { rootsByJob } from '../../config/jobs';
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

/** What a person can do about a node that is not there. */
export function cureOf({ node, pid }: NodeProcess): string {
  if (pid !== undefined) return `see its log with "firefly logs ${node.name}"`;
  return node.supervise.start === 'hand' ? 'start it where it runs' : `start it with "firefly resume ${node.name}"`;
}

/** Makes sure that all who link with a node are there: without them it would not get ready again, or they would lose what they send. @throws Error that names who is not */
export async function peersAnswer(fleet: Fleet, name: string): Promise<void> {
  const roots = rootsByJob(name, fleet.config).flatMap((group) => missed(fleet, group));
  // A leaf that has trouble of its own, or was given up, is no reason to leave everything as it is.
  const peers = new Set([
    ...roots,
    ...peersOf(name, fleet.config)
      .flat()
      .filter((peer) => fleet.process(peer).state === 'ready'),
  ]);
  const isThere = async (peer: string) => {
    const process = fleet.process(peer);
    if (!(await process.waitFor((it) => it.state === 'ready', ANSWER_MS)))
      throw new Error(
        `${peer}, which links with ${name}, is not ready (${process.unwanted ?? process.trouble}); nothing was changed: ${cureOf(process)}`,
      );
    const answer = fleet.child(peer)?.call(NODE.status, [], { timeoutMs: ANSWER_MS }) ?? Promise.reject(new PeerDown(peer, false));
    await answer.catch((cause: unknown) => {
      throw new Error(`${peer}, which links with ${name}, does not answer; nothing was changed`, { cause });
    });
  };
  await Promise.all(Array.from(peers, isThere));
}

/** Of roots that do the same, those that a node's restart has to wait for: not one that was drained, as long as another does its part. */
function missed(fleet: Fleet, group: readonly string[]): readonly string[] {
  const wanted = group.filter((root) => fleet.process(root).unwanted === undefined);
  return wanted.length > 0 ? wanted : group;
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
