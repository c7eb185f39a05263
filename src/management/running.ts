/** Whether the cluster of a config runs on this machine now, by what its master left in the data folder and answers itself. */
import { type Claim, isThere, readClaim } from '../config/claim';
import type { ClusterConfig } from '../config/config';
import type { TakenPort } from '../config/listen';
import type { MasterClient } from './masterclient';
import { askStatus, type StatusAnswer } from './status';

/** The ports that are in use, told apart by whose they are. */
export interface Running {
  readonly master: Claim;
  /** Undefined when the master does not say. */
  readonly nodes: StatusAnswer['nodes'] | undefined;
  /** In use by this cluster, which is as it should be. */
  readonly isOwn: (port: TakenPort) => boolean;
}

/** @returns undefined when it does not run, or this user may not know. Never rejects */
export async function findRunning(config: ClusterConfig, taken: readonly TakenPort[], client: MasterClient): Promise<Running | undefined> {
  const master = readClaim(config.dataDir);
  const isItsPort = master?.rootPort === config.master.rootPort && taken.some(({ node }) => node === undefined);
  if (!master || !isItsPort || !isThere(master)) return undefined;
  const nodes = await askStatus(client).then(
    (status) => status.nodes,
    () => undefined,
  );
  const isOwn = ({ node }: TakenPort) => node === undefined || typeof nodes?.[node]?.pid === 'number';
  return { master, nodes, isOwn };
}

/** For a person. */
export function describeRunning({ master, nodes }: Running): string {
  const states = nodes && Object.values(nodes).map(({ state }) => state);
  const ready = states ? `, ${states.filter((state) => state === 'ready').length} of ${states.length} nodes ready` : '';
  return `now, master is process ${master.pid}${ready}; what you change here takes a restart, section "game" a reload`;
}
