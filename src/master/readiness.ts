/**
 * Whether the cluster is what its operator wants it to be: every node that others need, and every other that is wanted, is ready.
 *
 * Wanted is what the master keeps running, given up or not. A node that was drained, or that its policy lets end, is not. Pure.
 */
import type { NodeProcess } from './nodeprocess';

export interface Readiness {
  readonly ready: boolean;
  /** Why it is not: by node, or `cluster`. */
  readonly waiting: Readonly<Record<string, string>>;
}

/** What it looks at of a node. */
export type Wanted = Pick<NodeProcess, 'state' | 'isKept' | 'isSettled' | 'restarts'> & {
  readonly exits: readonly { readonly reason: string }[];
};

export function readinessOf(
  nodes: Iterable<readonly [name: string, node: Wanted]>,
  needed: ReadonlySet<string>,
  phase?: string,
): Readiness {
  const waiting: Record<string, string> = phase === undefined ? {} : { cluster: phase };
  for (const [name, node] of nodes) {
    if (node.state === 'ready' || !(needed.has(name) || isWanted(node))) continue;
    waiting[name] = reasonOf(node);
  }
  return { ready: Object.keys(waiting).length === 0, waiting };
}

/** An end after which it is not started again was the end that its policy, or the operator, wants. */
function isWanted({ state, isKept, isSettled }: Wanted): boolean {
  return isKept && !(state === 'exited' && isSettled);
}

function reasonOf({ state, exits, restarts }: Wanted): string {
  const last = exits.at(-1);
  if (state === 'failed') return `given up after ${restarts} restarts${last ? `: it ${last.reason}` : ''}`;
  if (state !== 'exited') return state;
  return last ? `it ${last.reason}` : 'not started yet';
}
