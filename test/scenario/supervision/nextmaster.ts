/** A master that dies, and the one that a test starts after it beside what runs already. */
import assert from 'node:assert/strict';
import { ByHand } from '../../helpers/byhand';
import type { Cluster } from '../../helpers/cluster';
import { http } from '../../helpers/http';
import type { Project } from '../../helpers/project';
import type { Shown } from './world';

export const NODES = ['gate', 'net', 'game1', 'game2'] as const;
/** Each process counts what game1 has in memory: a second process of it would begin anew. */
export const COUNTING = `
import { GlobalObject, remoteserviceHandle } from 'firefly-ts';
let calls = 0;
GlobalObject().stophandler = () => GlobalObject().log?.info('saved all');
remoteserviceHandle('gate')(function answer() { return String(++calls); });
`;

/** A master that is started by a test beside what runs already. */
export class NextMaster extends ByHand {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster, project: Project) {
    super(['startmaster.js', '--config', project.path('config.json')], cluster.environment);
    this.#cluster = cluster;
  }

  async nodes(): Promise<Record<string, Shown>> {
    const answer = await http({ port: this.#cluster.port(9998), path: '/status' });
    return (answer.json() as { nodes: Record<string, Shown> }).nodes;
  }

  async stop(): Promise<void> {
    await http({ port: this.#cluster.port(9998), path: '/stop' });
    assert.equal(await this.ended(30_000), 0, this.lines.join('\n'));
  }
}

export const pidsOf = (nodes: Record<string, { pid?: number | undefined }>) => NODES.map((name) => nodes[name]?.pid);

export async function masterDies(cluster: Cluster): Promise<Record<string, Shown>> {
  const { nodes } = await cluster.status();
  process.kill(cluster.pid, 'SIGKILL');
  await cluster.whenExited();
  return nodes as Record<string, Shown>;
}
