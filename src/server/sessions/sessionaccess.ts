/** What this node knows of client sessions and of leases, for handler modules. */
import { StartFailed } from '../../errors';
import { GlobalObject } from '../globalobject';
import type { Leases } from '../leases/leases';
import type { Sessions } from './sessions';

/** What this node, as a root of net nodes, knows of each client connection. @throws StartFailed when the node is no root */
export function sessions(): Sessions {
  const found = GlobalObject().node.sessions;
  if (!found) throw new StartFailed('sessions(): nobody links to this node; give it a "rootport" in the config');
  return found;
}

/** The leases of this node: names that it alone holds in the cluster. @throws StartFailed when the node has nothing to do with dbfront */
export function leases(): Leases {
  const found = GlobalObject().node.leases;
  if (!found)
    throw new StartFailed('leases(): this node is not linked to dbfront, which keeps them; set "db" or "mem" for it in the config');
  return found;
}
