/** How long the orderly stop of a cluster may take before its master kills what is left. */
import type { ClusterConfig } from '../../src/config/config';
import { startOrder } from '../../src/config/order';

/** The master's patience beyond a node's own deadline, and its time to end itself. */
const GRACE_MS = 1_000;

export function stopMs(config: ClusterConfig): number {
  const steps = startOrder(config).map((names) => Math.max(...names.map((name) => config.nodes[name]?.supervise.shutdownMs ?? 0)));
  return steps.reduce((sum, ms) => sum + ms + GRACE_MS, GRACE_MS);
}
