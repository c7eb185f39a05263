/** What master and nodes say to each other. */

export const NODE = {
  /** node to master: `(ready)` */
  ready: 'firefly.node.ready',
  /** node to master: `(step)`; what a node that is not ready is at */
  step: 'firefly.node.step',
  /** node to master: `(excuse)`; why its silence is no hang from here on, or empty */
  excuse: 'firefly.node.excuse',
  /** master to node: `(addresses)`; where the node's roots listen */
  links: 'firefly.node.links',
  /** master to node, answered with `NodeReport` */
  status: 'firefly.node.status',
  /** master to node, answered when the node has stopped all but its link to the master */
  stop: 'firefly.node.stop',
  /** master to the node that writes: `(verb, ...)`; what an operator asks of the rows, see `ROW_VERBS` */
  rows: 'firefly.node.rows',
  prepare: 'firefly.reload.prepare',
  commit: 'firefly.reload.commit',
  abort: 'firefly.reload.abort',
} as const;

/** What an operator may ask of the rows: the names of the data port's methods. */
export const ROW_VERBS = ['evict', 'quarantine', 'release', 'drop'] as const;
export type RowVerb = (typeof ROW_VERBS)[number];

/** What a node tells the master when it registers, and again when it is ready. */
export interface NodeInfo {
  readonly pid: number;
  /** With the number it tells this process from every other; see processid.ts. */
  readonly born?: string | undefined;
  readonly state: NodeReport['state'];
  /** A master started it, this one or one before: it goes when that master goes, and is to be started again then. */
  readonly byMaster: boolean;
  /** Where its leaves find it; 0 when it is no root or not listening yet. */
  readonly rootPort: number;
  readonly codeVersion: string;
  /** What it is at while it is not ready. */
  readonly step: string;
  /** Why its silence is no hang; empty when it is one. */
  readonly excuse: string;
}

/** What the master grants a node that registers. */
export interface Grant {
  /** The numbers a net node may give to connections. */
  readonly dynamicIds?: { readonly first: number; readonly count: number };
}

/** Where a root listens. */
export interface RootAddress {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

export interface NodeReport {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly pid: number;
  readonly codeVersion: string;
  readonly uptimeMs: number;
  readonly memoryRss: number;
  readonly children: readonly string[];
  readonly roots: readonly string[];
}
