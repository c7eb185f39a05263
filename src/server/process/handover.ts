/** What passes between the master and a node's process when the master starts it. */
import type { ClusterConfig } from '../../config/config';

/** Set in the environment of nodes that the master starts. */
export const STARTED_BY_MASTER = 'FIREFLY_STARTED_BY_MASTER';

/** Sent to the node over the channel between the two processes, before anything else. */
export interface Handover {
  readonly config: ClusterConfig;
  readonly secret: string;
}

/** The node's answer when its code is loaded; it waits then. */
export const LOADED = 'loaded';
/** Sent to the node when no other process has its name any more: it is the node from here on. */
export const GO = 'go';
