/** What the master counts of each node: whether it is ready, and how often it had to be started again. */
import type { Sample } from '../../metrics/exposition';
import type { Metrics } from '../../metrics/metrics';
import type { NodeProcess } from '../nodes/nodeprocess';

export function nodeMetrics(metrics: Metrics, nodes: () => ReadonlyMap<string, NodeProcess>): void {
  const each = (of: (node: NodeProcess) => number) => (): Sample[] =>
    [...nodes()].map(([name, node]) => ({ labels: { node: name }, value: of(node) }));
  metrics.collect(
    'firefly_node_ready',
    'Whether the node is ready and answers',
    'gauge',
    each(({ isThere }) => Number(isThere)),
  );
  metrics.collect(
    'firefly_node_wanted',
    'Whether the node should be there; not when it was drained, or ended as its policy says',
    'gauge',
    each(({ unwanted }) => Number(unwanted === undefined)),
  );
  metrics.collect(
    'firefly_node_given_up',
    'Whether the master has given the node up: it ended too often, and has not been ready since',
    'gauge',
    each(({ isGivenUp }) => Number(isGivenUp)),
  );
  metrics.collect(
    'firefly_node_restarts_total',
    'Times that the master started the node again',
    'counter',
    each(({ restarts }) => restarts),
  );
}
