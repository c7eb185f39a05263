/** A reload of the whole cluster: all nodes prepare, and only when all can do all take over. */
import type { Child } from '../distributed/child';
import { ReloadFailed } from '../errors';
import { NODE } from '../server/nodewire';
import type { Prepared } from '../server/reload';

export interface NodeReload {
  readonly ok: boolean;
  readonly codeVersion?: string;
  readonly failures?: readonly { readonly file: string; readonly line: number; readonly message: string }[];
}

export interface ClusterReload {
  readonly ok: boolean;
  /** What to do next, for a person. */
  readonly message: string;
  readonly nodes: Readonly<Record<string, NodeReload>>;
}

/** @throws ReloadFailed when a node took part in the preparation and failed to take over: some nodes run the new code then */
export async function reloadCluster(nodes: readonly Child[]): Promise<ClusterReload> {
  const prepared = await Promise.all(nodes.map(prepare));
  const results = Object.fromEntries(nodes.map((node, index) => [node.name, asResult(prepared[index])]));
  if (prepared.some((node) => !node.ok)) {
    for (const node of nodes) node.notify(NODE.abort, []);
    return { ok: false, message: 'nothing was changed; mend what the nodes report and reload again', nodes: results };
  }
  const committed = await Promise.allSettled(nodes.map((node) => node.call(NODE.commit, [])));
  const failed = committed.flatMap((result, index) => (result.status === 'rejected' ? [`${nodes[index]?.name}: ${result.reason}`] : []));
  if (failed.length > 0) throw new ReloadFailed(`some nodes did not take over; restart them: ${failed.join('; ')}`);
  return { ok: true, message: 'all nodes run the new code', nodes: results };
}

async function prepare(node: Child): Promise<Prepared> {
  try {
    return (await node.call(NODE.prepare, [])) as Prepared;
  } catch (error) {
    return { ok: false, failures: [{ file: '', line: 0, message: error instanceof Error ? error.message : String(error) }] };
  }
}

function asResult(prepared: Prepared | undefined): NodeReload {
  if (!prepared) return { ok: false };
  return prepared.ok ? { ok: true, codeVersion: prepared.codeVersion } : { ok: false, failures: prepared.failures };
}
