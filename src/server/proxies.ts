/** Typed calls to other nodes: arguments and result come from an interface that the other node's module exports. */
import type { RemoteObject } from '../distributed/node';
import { NoSuchTarget, StartFailed } from '../errors';
import type { Connection } from '../netconnect/connection';
import { GlobalObject } from './globalobject';
import { homeOf } from './sessions/homes';

type Method = (...args: never[]) => unknown;
type Methods<Api> = { [K in keyof Api]: Api[K] extends Method ? K : never }[keyof Api] & (string | number);
type Arguments<F> = F extends (...args: infer A) => unknown ? A : never;
type Result<F> = F extends (...args: never[]) => infer R ? Awaited<R> : never;

/** A node to call. Every call settles: with the answer, or with an error of the table. */
export interface Callable<Api> {
  call<K extends Methods<Api>>(name: K, ...args: Arguments<Api[K]>): Promise<Result<Api[K]>>;
}

/** Calls a root that this node links to. @param root its name in the config */
export function remoteOf<Api>(root: string): Callable<Api> {
  return {
    call: async (name, ...args) => {
      const remote = GlobalObject().remote[root];
      if (!remote) throw new NoSuchTarget('this node', `root ${root}`);
      return (await remote.callRemote(name, ...args)) as never;
    },
  };
}

/**
 * Calls the root that a client's connection belongs to, where a net node links to several gates. Chosen at the first call, among those that
 * are up; the connection stays with it for as long as somebody is logged in on it, also while that root is away.
 *
 * @param among names of the roots to choose from; all but the writer of tables when left out
 */
export function rootOf<Api>(connection: Connection, among?: readonly string[]): Callable<Api> {
  return {
    call: async (name, ...args) => {
      const all = roots();
      const home = homeOf(connection, among ? all.filter(({ root }) => among.includes(root)) : all);
      return (await home.callRemote(name, ...args)) as never;
    },
  };
}

/** The roots this node links to, in the order of the config; without the writer of tables. @throws StartFailed when there is none */
export function roots(): readonly RemoteObject[] {
  const found = GlobalObject().node.roots ?? [];
  if (found.length === 0) throw new StartFailed('this node links to no root; name one in its "remoteport" in the config');
  return found;
}

/** Calls a leaf that links to this node. @param child its name */
export function childOf<Api>(child: string): Callable<Api> {
  return {
    call: async (name, ...args) => {
      const { root } = GlobalObject();
      if (!root) throw new NoSuchTarget('this node', `child ${child}`);
      return (await root.callChild(child, name, ...args)) as never;
    },
  };
}
