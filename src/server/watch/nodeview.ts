/** What a node shows of itself to the operator, through the master: its numbers, its config without secrets, its handlers and log. */
import type { ClusterConfig, NodeConfig } from '../../config/config';
import { NoSuchTarget } from '../../errors';
import { isLevel, LEVELS } from '../../log/level';
import type { Metrics } from '../../metrics/metrics';
import type { Link } from '../../wire/link';
import type { NodeGlobals } from '../globalobject';
import { type LinkReport, NODE, type NodeInspection, type NodeNumbers } from '../nodewire';
import { hideConfig } from './hideconfig';
import type { Inspection } from './inspection';

export interface NodeViewOptions {
  readonly cluster: ClusterConfig;
  readonly node: NodeConfig;
  readonly globals: NodeGlobals;
  readonly metrics: Metrics;
  readonly inspection: Inspection;
}

export class NodeView {
  readonly #options: NodeViewOptions;

  constructor(options: NodeViewOptions) {
    this.#options = options;
    const { cluster, globals, metrics } = options;
    metrics.collect('firefly_limit', 'A limit of the config; its name says of what', 'gauge', () =>
      Object.entries(cluster.limits).map(([limit, value]) => ({ labels: { limit }, value: value as number })),
    );
    if (globals.node.sessions) metrics.gauge('firefly_sessions', 'Sessions of clients', () => globals.node.sessions?.size ?? 0);
    metrics.collect('firefly_service_waiting', 'Messages that wait behind earlier ones of their session', 'gauge', () =>
      servicesOf(globals).map(({ name, waiting }) => ({ labels: { service: name }, value: waiting })),
    );
  }

  /** What `/status` shows beside the node's state. */
  numbers(): NodeNumbers {
    const { globals, metrics, inspection } = this.#options;
    return {
      ...inspection.vitals(),
      connections: globals.netfactory?.connmanager.getNowConnCnt() ?? null,
      sessions: globals.node.sessions?.size ?? null,
      dirtyRows: metrics.read('firefly_dirty_rows') ?? null,
      links: [...this.#links()].map(([peer, link]) => linkReport(peer, link)),
    };
  }

  inspect(): NodeInspection {
    const { cluster, node, inspection } = this.#options;
    return {
      config: hideConfig({ ...node, limits: cluster.limits }),
      handlers: inspection.handlers(),
      errors: inspection.errors(),
      logLevel: inspection.logLevel,
    };
  }

  /** The commands of the master that look and do not touch the game. */
  answers(): Record<string, (...args: never[]) => unknown> {
    const { metrics, inspection } = this.#options;
    return {
      [NODE.inspect]: () => this.inspect(),
      [NODE.metrics]: () => metrics.families(),
      [NODE.log]: (after: number | undefined, lines: number) => inspection.ring.read(after, lines),
      [NODE.level]: (level: string) => {
        if (!isLevel(level)) throw new NoSuchTarget(`log levels ${LEVELS.join(', ')}`, level);
        inspection.setLogLevel(level);
      },
      [NODE.profile]: (seconds: number) => inspection.profiles.cpu(seconds),
      [NODE.heap]: (ticket: string) => inspection.profiles.heap(ticket),
    };
  }

  *#links(): Iterable<readonly [peer: string, link: Link]> {
    const { root, remote, masterremote } = this.#options.globals;
    if (root) yield* root.links();
    for (const link of Object.values(remote)) yield* link.links();
    if (masterremote) yield* masterremote.links();
  }
}

/** Several links may share one. */
function servicesOf({ netfactory, root, remote, localservice }: NodeGlobals) {
  const all = [netfactory?.service, root?.service, ...Object.values(remote).map(({ service }) => service), localservice];
  return [...new Set(all)].flatMap((service) => service ?? []);
}

export function linkReport(peer: string, link: Link): LinkReport {
  const { callsPerSecond, servedPerSecond } = link.rates;
  return { peer, callsPerSecond, servedPerSecond, inFlight: link.inFlight, queuedBytes: link.queuedBytes };
}
