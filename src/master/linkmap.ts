/**
 * Firefly's link map: who listens where. Nodes find each other in any start order because the master tells each what it needs, when it is there.
 *
 * A root is in the map once it is ready; an address stays until the root comes back with another one.
 */
import { plainAddress } from '../config/address';
import type { ClusterConfig } from '../config/config';
import type { Child } from '../distributed/child';
import { NODE, type NodeInfo, type RootAddress } from '../server/nodewire';

export class LinkMap {
  readonly #cluster: ClusterConfig;
  readonly #addresses = new Map<string, RootAddress>();

  constructor(cluster: ClusterConfig) {
    this.#cluster = cluster;
  }

  /** A root is ready: tells every node of `children` that links to it. */
  announce(root: Child, info: NodeInfo, children: Iterable<Child>): void {
    if (!info.rootPort) return;
    // Where the others reach it: the address it came from.
    const address = { name: root.name, host: plainAddress(root.address), port: info.rootPort };
    this.#addresses.set(root.name, address);
    for (const child of children) if (this.#rootsOf(child.name).includes(root.name)) child.notify(NODE.links, [[address]]);
  }

  /** A node has registered: tells it what it needs. */
  tell(child: Child): void {
    const addresses = this.#rootsOf(child.name).flatMap((name) => this.#addresses.get(name) ?? []);
    if (addresses.length > 0) child.notify(NODE.links, [addresses]);
  }

  #rootsOf(name: string): string[] {
    return this.#cluster.nodes[name]?.roots.map((root) => root.name) ?? [];
  }
}
