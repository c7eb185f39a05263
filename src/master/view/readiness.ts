/** Whether the cluster is what its operator wants it to be: every node that others need, and every other that is wanted, is there. Pure. */
import type { NodeProcess } from '../nodes/nodeprocess';

export interface Readiness {
  readonly ready: boolean;
  /** Why it is not: by node, or `cluster`. */
  readonly waiting: Readonly<Record<string, string>>;
}

/** @param phase what the cluster as a whole is at, when it is not simply running */
export function readinessOf(nodes: Iterable<readonly [name: string, node: Pick<NodeProcess, 'trouble'>]>, phase?: string): Readiness {
  const waiting: Record<string, string> = phase === undefined ? {} : { cluster: phase };
  for (const [name, { trouble }] of nodes) if (trouble !== undefined) waiting[name] = trouble;
  return { ready: Object.keys(waiting).length === 0, waiting };
}
