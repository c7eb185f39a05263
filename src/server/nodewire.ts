/** What master and nodes say to each other. */
import type { LogError } from '../log/ring';
import type { HandlerReport } from '../metrics/handlers';
import type { Vitals } from './watch/inspection';

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
  /** master to node, answered: `(peer, on, lifeMs, settleMs)`; see `HoldAnswer` */
  hold: 'firefly.node.hold',
  /** master to node, answered when the node's link to that peer is up: `(peer, ms)` */
  linked: 'firefly.node.linked',
  /** master to node: `(name, on, forGood, lifeMs, moves)`; from then on, for so long at most, nothing new is given to that node, which may be the node itself, and what it has is moved away if it `moves` */
  drain: 'firefly.node.drain',
  /** master to node, answered with `DrainReport`: `(name)` */
  drained: 'firefly.node.drained',
  /** master to node that registers: `(but)`; no hold and no drain goes on, but those of the node of that name */
  calm: 'firefly.node.calm',
  /** master to node, answered with `NodeInspection` */
  inspect: 'firefly.node.inspect',
  /** master to node, answered with the families of its metrics */
  metrics: 'firefly.node.metrics',
  /** master to node: `(after, lines)`, answered with lines of its log */
  log: 'firefly.node.log',
  /** master to node: `(level)` of its log from here on */
  level: 'firefly.node.level',
  /** master to node: `(seconds)`, answered with the file of a CPU profile */
  profile: 'firefly.node.profile',
  /** master to node: `(ticket)`, answered with the file of a heap snapshot; the same ticket is the same snapshot */
  heap: 'firefly.node.heap',
  /** master to node, answered with `Prepared`: `(ReloadOrder)` */
  prepare: 'firefly.reload.prepare',
  /** master to node, answered with `Committed`: `(id)` of the order */
  commit: 'firefly.reload.commit',
  /** master to node: `(id)` */
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
export const ROW_VERBS = ['evict', 'quarantine', 'release', 'releaseAll', 'drop'] as const;
export type RowVerb = (typeof ROW_VERBS)[number];

/** What the master wants a node to load. */
export interface ReloadOrder {
  /** Names it: nothing but what was prepared for it is committed for it. */
  readonly id: string;
  /** The config's `game` section as it is now. */
  readonly game: unknown;
  /** How long the load may take. */
  readonly prepareMs: number;
  /** How long what was prepared waits for its commit; then it is dropped. */
  readonly keepMs: number;
}

/** Where a load failed, for a person. */
export interface LoadFailure {
  /** Absolute; empty when it cannot be told. */
  readonly file: string;
  /** 0 when it cannot be told. */
  readonly line: number;
  readonly message: string;
}

/** What came of a load. `pauseMs` is how long the node stood still for it, `waits` what only its next start does. */
export type Prepared =
  | { readonly ok: true; readonly codeVersion: string; readonly pauseMs: number; readonly waits?: readonly string[] }
  | { readonly ok: false; readonly failures: readonly LoadFailure[] };

/** The new code runs. `pauseMs` is how long the node stood still for the step. */
export interface Committed {
  readonly codeVersion: string;
  readonly pauseMs: number;
}

/** What a node tells the master when it registers, and again when it is ready. */
export interface NodeInfo {
  readonly pid: number;
  /** With the number it tells this process from every other; see processid.ts. */
  readonly born?: string | undefined;
  readonly state: NodeReport['state'];
  /** A master started it, this one or one before: it is the master's to kill and to start again. */
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

/** A link as its end in a node sees it. */
export interface LinkReport {
  readonly peer: string;
  /** Calls and notifications to the peer. */
  readonly callsPerSecond: number;
  /** Calls and notifications of the peer. */
  readonly servedPerSecond: number;
  /** Calls to the peer that wait for their answer. */
  readonly inFlight: number;
  readonly queuedBytes: number;
}

export interface NodeNumbers extends Vitals {
  /** Clients; null in a node without a port for them, and so on. */
  readonly connections: number | null;
  readonly sessions: number | null;
  readonly dirtyRows: number | null;
  readonly links: readonly LinkReport[];
}

export interface NodeInspection {
  /** The node's part of the config and the limits, without secrets. */
  readonly config: unknown;
  readonly handlers: readonly HandlerReport[];
  readonly errors: readonly LogError[];
  readonly logLevel: string;
}

export interface NodeReport extends NodeNumbers {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly pid: number;
  readonly codeVersion: string;
  readonly children: readonly string[];
  readonly roots: readonly string[];
}
