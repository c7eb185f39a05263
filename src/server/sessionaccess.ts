/** The client sessions of this root, for handler modules. */
import { StartFailed } from '../errors';
import { GlobalObject } from './globalobject';
import type { Sessions } from './sessions';

/** What this node, as a root of net nodes, knows of each client connection. @throws StartFailed when the node is no root */
export function sessions(): Sessions {
  const found = GlobalObject().node.sessions;
  if (!found) throw new StartFailed('sessions(): nobody links to this node; give it a "rootport" in the config');
  return found;
}
