/** A reload of nodes: all prepare, and only when all can do all take over. */
import { randomUUID } from 'node:crypto';
import type { Child } from '../../distributed/child';
import { type Committed, type LoadFailure, NODE, type Prepared, type ReloadOrder } from '../../server/nodewire';
import { messageOf } from '../../thrown';

/** One node's part in it. */
export interface NodeReload {
  readonly ok: boolean;
  readonly codeVersion?: string;
  /** Milliseconds for which the node stood still while it loaded. */
  readonly prepareMs?: number;
  /** The same for the step to the new code. */
  readonly swapMs?: number;
  /** What of the new code only the next start of the node does. */
  readonly waits?: readonly string[];
  readonly failures?: readonly LoadFailure[];
}

export interface ClusterReload {
  readonly ok: boolean;
  /** Whether any node runs the new code, or may do so. */
  readonly changed: boolean;
  /** What to do next, for a person. */
  readonly message: string;
  readonly nodes: Readonly<Record<string, NodeReload>>;
}

export interface ReloadOptions {
  /** The config's `game` section. */
  readonly game: unknown;
  /** How long each of the two steps may take. */
  readonly stepMs: number;
  /** Whether a node's link is still the one that it prepared on. */
  readonly isLinked: (node: Child) => boolean;
}

/** Never rejects: what goes wrong is in the answer. */
export async function reloadNodes(nodes: readonly Child[], { game, stepMs, isLinked }: ReloadOptions): Promise<ClusterReload> {
  // What waits for a commit waits longer than the slowest node may take to get ready for it.
  const order: ReloadOrder = { id: randomUUID(), game, prepareMs: stepMs, keepMs: 3 * stepMs };
  const timeout = { timeoutMs: stepMs + ON_THE_WAY_MS };
  const prepared = await Promise.all(nodes.map((node) => attempt(() => node.call(NODE.prepare, [order], timeout).then(asPrepared))));
  const ready = prepared.map((result, at) => (result.ok && !isLinked(nodes[at] as Child) ? failed(GONE) : result));
  if (ready.some(({ ok }) => !ok)) {
    for (const node of nodes) abort(node, order.id);
    return { ok: false, changed: false, message: NOTHING_CHANGED, nodes: byName(nodes, ready) };
  }
  const committed = await Promise.all(nodes.map((node) => attempt(() => node.call(NODE.commit, [order.id], timeout).then(asCommitted))));
  const results = byName(
    nodes,
    committed.map((result, at) => ({ ...ready[at], ...result })),
  );
  const lost = nodes.filter((_, at) => !committed[at]?.ok);
  if (lost.length === 0) return { ok: true, changed: true, message: 'all nodes run the new code', nodes: results };
  return { ok: false, changed: true, message: describeLost(lost, lost.length < nodes.length), nodes: results };
}

/** For a call and its answer beside what the node does. */
const ON_THE_WAY_MS = 1_000;
const GONE = 'it went away after it had loaded the new code';
const NOTHING_CHANGED = 'nothing was changed; mend what the nodes report and reload again';

function describeLost(lost: readonly Child[], runs: boolean): string {
  const names = lost.map(({ name }) => name).join(', ');
  const begin = runs ? `the new code runs, but ${names} went away meanwhile` : `${names} went away while the new code took over`;
  return `${begin}; a node that is started again has it too, one that kept running must be restarted`;
}

async function attempt(work: () => Promise<NodeReload>): Promise<NodeReload> {
  try {
    return await work();
  } catch (error) {
    return failed(messageOf(error));
  }
}

function failed(message: string): NodeReload {
  return { ok: false, failures: [{ file: '', line: 0, message }] };
}

function asPrepared(answer: unknown): NodeReload {
  const prepared = answer as Prepared;
  if (!prepared.ok) return prepared;
  const { codeVersion, pauseMs: prepareMs, waits } = prepared;
  return { ok: true, codeVersion, prepareMs, ...(waits?.length ? { waits } : {}) };
}

function asCommitted(answer: unknown): NodeReload {
  const { codeVersion, pauseMs } = answer as Committed;
  return { ok: true, codeVersion, swapMs: pauseMs };
}

function abort(node: Child, id: string): void {
  try {
    node.notify(NODE.abort, [id]);
  } catch {
    // It is gone, and what it had prepared with it.
  }
}

function byName(nodes: readonly Child[], results: readonly NodeReload[]): Record<string, NodeReload> {
  return Object.fromEntries(nodes.flatMap(({ name }, at) => (results[at] ? [[name, results[at]]] : [])));
}
