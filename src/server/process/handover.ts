/** What passes between the master and a node's process when the master starts it. */
import type { ClusterConfig } from '../../config/config';

/** Set in the environment of nodes that the master starts. */
export const STARTED_BY_MASTER = 'FIREFLY_STARTED_BY_MASTER';

/** Sent to the node over the channel between the two processes, before anything else. */
export interface Handover {
  readonly config: ClusterConfig;
  readonly secret: string;
}
