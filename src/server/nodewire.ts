/** What master and nodes say to each other. */

export const NODE = {
  /** node to master: `(ready)` */
  ready: 'firefly.node.ready',
  /** master to node: `(addresses)`; where the node's roots listen */
  links: 'firefly.node.links',
  /** master to node, answered with `NodeReport` */
  status: 'firefly.node.status',
  /** master to node, answered when the node has stopped all but its link to the master */
  stop: 'firefly.node.stop',
  /** master to the node that writes: `(verb, ...)`; what an operator asks of the rows, see `ROW_VERBS` */
  rows: 'firefly.node.rows',
  /** master to node, answered: `(peer, on, lifeMs, settleMs)`; see `HoldAnswer` */
  hold: 'firefly.node.hold',
  /** master to node, answered when the node's link to that peer is up: `(peer, ms)` */
  linked: 'firefly.node.linked',
  /** master to node: `(name, on, forGood)`; from then on nothing new is given to that node, which may be the node itself, and what it has is moved away */
  drain: 'firefly.node.drain',
  /** master to node, answered with `DrainReport`: `(name)` */
  drained: 'firefly.node.drained',
  prepare: 'firefly.reload.prepare',
  commit: 'firefly.reload.commit',
  abort: 'firefly.reload.abort',
} as const;

/** How a hold began or ended. */
export interface HoldAnswer {
  /** At its beginning: calls that were sent before and are not answered yet. */
  readonly inFlight: number;
  /** At its end: calls that were held and have been sent now, and those that ended because the peer did not come back in time. */
  readonly sent: number;
  readonly ended: number;
}

/** How far a node has come with what it has to move away from another, or from itself. */
export interface DrainReport {
  /** What is still there: players, sessions, connections. */
  readonly left: number;
  /** Nothing more will happen by itself. */
  readonly isOver: boolean;
  /** What stands in the way, for a person. */
  readonly note?: string;
}

/** What an operator may ask of the rows: the names of the data port's methods. */
export const ROW_VERBS = ['evict', 'quarantine', 'release', 'drop'] as const;
export type RowVerb = (typeof ROW_VERBS)[number];

/** What a node tells the master when it registers, and again when it is ready. */
export interface NodeInfo {
  readonly pid: number;
  readonly state: NodeReport['state'];
  /** A master started it, this one or one before: it goes when that master goes, and is to be started again then. */
  readonly byMaster: boolean;
  /** Where its leaves find it; 0 when it is no root or not listening yet. */
  readonly rootPort: number;
  readonly codeVersion: string;
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
