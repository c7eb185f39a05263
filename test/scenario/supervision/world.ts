/** What the scenarios of supervision share: a cluster whose nodes all come back, and what `/status` tells of their exits. */
import type { Cluster, NodeStatus } from '../../helpers/cluster';
import { type Project, twoGames } from '../../helpers/project';

export interface Exit {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason: string;
  readonly lastLines: readonly string[];
}

export type Shown = NodeStatus & { readonly exits: readonly Exit[] };

export async function nodeOf(cluster: Cluster, name: string): Promise<Shown> {
  return (await cluster.status()).nodes[name] as Shown;
}

export interface SupervisedOptions {
  /** Module of both game nodes. */
  readonly game?: string;
  readonly limits?: object;
  readonly supervise?: object;
}

/** net, gate, game1 and game2; 300 is answered by game1, 301 by game2, 1 by net with the number of the connection. */
export function supervised({ game, limits = { redialMaxMs: 300 }, supervise = {} }: SupervisedOptions = {}): Project {
  const project = twoGames({
    ...(game === undefined ? {} : { 'app/game.ts': game }),
    'app/net.ts': `
import { GlobalObject, netserviceHandle } from 'firefly-ts';
const front = GlobalObject().netfactory;
if (front) front.errorEncoder = (error) => 'failed: ' + (error as Error).name;
netserviceHandle(1, (conn: { id: number }) => String(conn.id));
netserviceHandle('*', (command: number, conn: { id: number }, data: Buffer) => GlobalObject().remote.gate?.callRemote('pass', command, conn.id, data));
`,
  });
  const { servers } = project.config() as { servers: Record<string, object> };
  project.configure({ servers: { ...servers, gate: { ...servers.gate, restart: 'permanent' } }, limits, supervise });
  return project;
}

/** Does something that costs a node its process, and waits until the master has it ready again. @returns how it ended */
export async function killedAndBack(cluster: Cluster, name: string, kill: () => Promise<unknown>): Promise<Exit> {
  const { restarts, pid } = await nodeOf(cluster, name);
  await kill();
  await cluster.waitFor(
    async () => {
      const node = await nodeOf(cluster, name);
      return node.state === 'ready' && node.restarts === restarts + 1;
    },
    `${name} back`,
    30_000,
  );
  const exit = (await nodeOf(cluster, name)).exits.at(-1);
  if (exit?.pid !== pid) throw new Error(`${name}: process ${pid} is not the one that ended last: ${JSON.stringify(exit)}`);
  return exit as Exit;
}
