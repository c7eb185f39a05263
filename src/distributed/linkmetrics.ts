/** What the links of a node hold, by peer: read when somebody scrapes. */
import type { Metrics } from '../metrics/metrics';
import type { Link } from '../wire/link';
import type { Hold } from './hold';

type Links = () => Iterable<readonly [peer: string, link: Link]>;

/** @param owner tells the ends of links of one node apart */
export function linkMetrics(metrics: Metrics, owner: string, links: Links): void {
  const gauge = (name: string, help: string, of: (link: Link) => number) =>
    metrics.collect(name, help, 'gauge', () => [...links()].map(([peer, link]) => ({ labels: { peer }, value: of(link) })), owner);
  gauge('firefly_rpc_calls_in_flight', 'Calls that wait for their answer', (link) => link.inFlight);
  gauge('firefly_rpc_handlers_under_way', 'Handlers that run for the peer and have not ended', (link) => link.underWay);
  gauge('firefly_rpc_queued_bytes', 'Bytes that the peer has not taken yet', (link) => link.queuedBytes);
}

/** What waits for nodes that are being restarted, by peer. */
export function heldMetrics(metrics: Metrics, owner: string, holds: () => Iterable<readonly [peer: string, hold: Hold | undefined]>): void {
  const gauge = (name: string, help: string, of: (hold: Hold) => number) =>
    metrics.collect(
      name,
      help,
      'gauge',
      () => [...holds()].map(([peer, hold]) => ({ labels: { peer }, value: hold ? of(hold) : 0 })),
      owner,
    );
  gauge('firefly_rpc_held_calls', 'Calls and notifications that wait until the peer is back', (hold) => hold.size);
  gauge('firefly_rpc_held_bytes', 'Bytes of those calls', (hold) => hold.bytes);
}
