/** The stores of a node from their opening to their close: its own where it writes for all, else the way to the node that does. */
import type { ClusterConfig, NodeConfig } from '../config/config';
import type { RemoteObject } from '../distributed/node';
import type { PBRoot } from '../distributed/root';
import type { Logger } from '../log/log';
import type { Metrics } from '../metrics/metrics';
import { joinData, type NodeData, openData } from './data';
import type { NodeGlobals } from './globalobject';
import { Leases } from './leases/leases';
import { ownLeases, remoteLeases, serveLeases } from './leases/leasewire';
import type { StartSteps } from './process/startsteps';

export interface NodeStoresOptions {
  readonly cluster: ClusterConfig;
  readonly node: NodeConfig;
  readonly globals: NodeGlobals;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly steps: StartSteps;
  /** Told when the writer cannot go on. */
  readonly failed: (error: Error) => void;
}

export class NodeStores {
  readonly #options: NodeStoresOptions;
  #data: NodeData | undefined;

  constructor(options: NodeStoresOptions) {
    this.#options = options;
  }

  /** Makes the leases of a node that is linked to the writer, or is it. */
  buildLeases(): void {
    const { cluster, node, globals, log, metrics } = this.#options;
    const { writer = '', limits } = cluster;
    const remote = globals.remote[writer];
    if (!remote && node.name !== writer) return;
    const leases = new Leases({ ttlMs: limits.leaseMs, log, metrics });
    globals.node.leases = leases;
    if (remote) remoteLeases(leases, remote, limits.rpcDeadlineMs);
  }

  /** Opens the stores that this node keeps for all. @throws StoreDown, StartFailed */
  async open(root: PBRoot): Promise<void> {
    const { globals, node } = this.#options;
    const data = await openData(this.#options, root);
    this.#use(data);
    const { leases } = globals.node;
    if (!data.leaseBook) return;
    serveLeases(root, data.leaseBook);
    if (leases) ownLeases(leases, data.leaseBook, node.name);
  }

  /** Reaches them over the link to the node that writes. */
  async join(writer: RemoteObject): Promise<void> {
    this.#use(await joinData(this.#options, writer));
  }

  async close(): Promise<void> {
    await this.#data?.close();
  }

  #use(data: NodeData): void {
    const { globals, steps } = this.#options;
    this.#data = data;
    globals.node.data = data.access;
    const { migrate } = data.sql;
    globals.node.sql = migrate ? { ...data.sql, migrate: (tables) => steps.aside(() => migrate(tables)) } : data.sql;
  }
}
