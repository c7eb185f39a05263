/**
 * Which root a client's connection belongs to, where a net node links to several that do the same, such as two gates.
 *
 * A connection stays with its root for as long as it has a record there; only one that nobody is logged in on is moved away from a root that is down.
 */
import type { RemoteObject } from '../../distributed/node';
import { NoSuchTarget } from '../../errors';
import type { Connection } from '../../netconnect/connection';
import { SESSION } from './sessionwire';

/** Where a connection goes that has no root yet, best first: nothing new to a root that is being drained or restarted, while there is another. */
const CHOICES: readonly ((root: RemoteObject) => boolean)[] = [
  (root) => root.isUp && !root.isReturning && !root.isDraining,
  (root) => root.isReturning,
  (root) => root.isUp,
];

/** @param roots those to choose from */
export function homeOf(connection: Connection, roots: readonly RemoteObject[]): RemoteObject {
  const home = roots.find(({ root }) => root === connection.root);
  if (home && (home.isUp || home.isReturning || (connection.session?.data ?? null) !== null)) return home;
  const among = CHOICES.map((may) => roots.filter(may)).find((found) => found.length > 0) ?? roots;
  const chosen = among[connection.id % among.length];
  if (!chosen) throw new NoSuchTarget('this node', 'root for clients');
  if (connection.session) showVersion(chosen, connection.session.version);
  connection.root = chosen.root;
  return chosen;
}

/** Another root wrote that record; what this one writes must count as newer, whatever its clock says. */
function showVersion(root: RemoteObject, version: number): void {
  // One that is away is shown all versions when it links.
  if (root.isUp || root.isReturning) root.notifyRemote(SESSION.restore, [], false, false, version);
}
