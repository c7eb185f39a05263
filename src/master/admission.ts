/** Who may register with the master, and what it is granted. */
import type { ClusterConfig } from '../config/config';
import type { Hello, Welcome } from '../distributed/handshake';
import { Replaced, Unauthorized } from '../errors';
import type { Grants } from './grants';

/** @throws Unauthorized for a name that the config has not, Replaced for a process whose name a newer one has */
export function admit(hello: Hello, config: ClusterConfig, grants: Grants): Welcome {
  // A name from outside may be one that every object has, such as `constructor`.
  const node = Object.hasOwn(config.nodes, hello.name) ? config.nodes[hello.name] : undefined;
  if (!node) throw new Unauthorized(`the config has no node ${hello.name}`);
  const known = grants.epochOf(hello.name);
  if (hello.epoch === 0) {
    const info = node.netPort === undefined && node.wsPort === undefined ? {} : { dynamicIds: grants.nextRange() };
    return { epoch: grants.nextEpoch(hello.name), info };
  }
  if (hello.epoch < known) throw new Replaced(`a newer process has the name ${hello.name} (epoch ${known}, this one has ${hello.epoch})`);
  grants.seen(hello.name, hello.epoch);
  return { epoch: hello.epoch, info: {} };
}
