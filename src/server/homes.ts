/**
 * Which root a client's connection belongs to, where a net node links to several that do the same, such as two gates.
 *
 * A connection stays with its root for as long as it has a record there; only one that nobody is logged in on is moved away from a root that is down.
 */
import type { RemoteObject } from '../distributed/node';
import { NoSuchTarget } from '../errors';
import type { Connection } from '../netconnect/connection';

/** @param roots those to choose from */
export function homeOf(connection: Connection, roots: readonly RemoteObject[]): RemoteObject {
  const home = roots.find(({ root }) => root === connection.root);
  if (home && (home.isUp || (connection.session?.data ?? null) !== null)) return home;
  const up = roots.filter(({ isUp }) => isUp);
  const among = up.length > 0 ? up : roots;
  const chosen = among[connection.id % among.length];
  if (!chosen) throw new NoSuchTarget('this node', 'root for clients');
  connection.root = chosen.root;
  return chosen;
}
