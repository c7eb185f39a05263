/** A reload of the whole cluster: all nodes prepare, and only when all can do all take over. */
import type { Child } from '../distributed/child';
import { NODE } from '../server/nodewire';
import type { Prepared } from '../server/reload';

export interface NodeReload {
  readonly ok: boolean;
  readonly codeVersion?: string;
  readonly failures?: readonly { readonly file: string; readonly line: number; readonly message: string }[];
}

export interface ClusterReload {
  readonly ok: boolean;
  /** Whether any node runs the new code. */
  readonly changed: boolean;
  /** What to do next, for a person. */
  readonly message: string;
  readonly nodes: Readonly<Record<string, NodeReload>>;
}

/** Never rejects: what goes wrong is in the answer. */
export async function reloadCluster(nodes: readonly Child[]): Promise<ClusterReload> {
  const prepared = await Promise.all(nodes.map((node) => attempt(() => node.call(NODE.prepare, []))));
  if (prepared.some((result) => !result.ok)) {
    for (const node of nodes) abort(node);
    return {
      ok: false,
      changed: false,
      message: 'nothing was changed; mend what the nodes report and reload again',
      nodes: byName(nodes, prepared),
    };
  }
  const committed = await Promise.all(
    nodes.map((node) => attempt(async () => ({ ok: true, codeVersion: await node.call(NODE.commit, []) }))),
  );
  const failed = nodes.filter((_, index) => !committed[index]?.ok).map(({ name }) => name);
  if (failed.length === 0) return { ok: true, changed: true, message: 'all nodes run the new code', nodes: byName(nodes, committed) };
  const message = `the new code runs, but ${failed.join(', ')} went away meanwhile; a node that is started again has it too, one that kept running must be restarted`;
  return { ok: false, changed: true, message, nodes: byName(nodes, committed) };
}

async function attempt(work: () => Promise<unknown>): Promise<Prepared> {
  try {
    return (await work()) as Prepared;
  } catch (error) {
    return { ok: false, failures: [{ file: '', line: 0, message: error instanceof Error ? error.message : String(error) }] };
  }
}

function abort(node: Child): void {
  try {
    node.notify(NODE.abort, []);
  } catch {
    // It is gone, and what it had prepared with it.
  }
}

function byName(nodes: readonly Child[], results: readonly Prepared[]): Record<string, NodeReload> {
  return Object.fromEntries(nodes.flatMap(({ name }, index) => (results[index] ? [[name, results[index]]] : [])));
}
