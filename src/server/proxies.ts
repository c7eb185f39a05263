/** Typed calls to other nodes: arguments and result come from an interface that the other node's module exports. */
import { NoSuchTarget } from '../errors';
import { GlobalObject } from './globalobject';

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
