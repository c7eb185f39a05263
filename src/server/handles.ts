/**
 * The handles that a handler module registers its functions with. Each returns the function it was given.
 *
 * A handle finds its service when it is called, so a module can first put a service of its own in place (`addServiceChannel`).
 */
import { StartFailed } from '../errors';
import { CommandService } from '../services/commandservice';
import type { Service } from '../services/service';
import { placeOfCaller, type Target } from '../services/target';
import type { WebHandler } from '../web/routes';
import { GlobalObject } from './globalobject';
import { roots } from './proxies';

type AnyService = Service | CommandService;

/** Registers a function under its own name (a command: the number at the name's end), or under the key that comes first. */
export interface Handle {
  <T extends Target>(target: T): T;
  <T extends Target>(key: string | number, target: T): T;
}

/** Answers a client's command on a net node: `(conn, data) => answer`. The key `'*'` takes every command that has no target: `(command, conn, data)`. */
export const netserviceHandle = handleOf(() => {
  const factory = GlobalObject().netfactory;
  if (!factory) throw new StartFailed('netserviceHandle: this node has no client front; give it a "netport" in the config');
  return factory.service;
});

/** Answers calls of the leaves that link to this node. */
export const rootserviceHandle = handleOf(() => {
  const root = GlobalObject().root;
  if (!root) throw new StartFailed('rootserviceHandle: nobody links to this node; give it a "rootport" in the config');
  return root.service;
});

/**
 * Answers calls of one root that this node links to.
 *
 * @param root the root's name in the config; `'*'` for every root but the writer of tables, where several do the same
 */
export function remoteserviceHandle(root: string): Handle {
  if (root === '*') return handleOfAll(() => new Set(roots().map(({ service }) => service)));
  return handleOf(() => {
    const remote = GlobalObject().remote[root];
    if (!remote)
      throw new StartFailed(`remoteserviceHandle('${root}'): this node does not link to ${root}; name it in "remoteport" in the config`);
    return remote.service;
  });
}

/** Answers calls of the master. */
export const masterserviceHandle = handleOf(() => {
  const master = GlobalObject().masterremote;
  if (!master) throw new StartFailed('masterserviceHandle: this process is no node of a cluster; start it with appmain');
  return master.service;
});

/** Answers a command that this node does not pass on (the gate's 101 to 103 in the sample game). */
export const localserviceHandle = handleOf(() => GlobalObject().localservice);

/**
 * Answers a path of the node's web port: `(request) => answer`, for GET and every other method but HEAD.
 *
 * @param path starts with a slash, or not, as in Firefly
 */
export function webserviceHandle<T extends WebHandler>(path: string): (target: T) => T {
  return (target) => {
    GlobalObject().webroot.add('*', path.startsWith('/') ? path : `/${path}`, target, placeOfCaller());
    return target;
  };
}

function handleOf(service: () => AnyService): Handle {
  return handleOfAll(() => [service()]);
}

function handleOfAll(services: () => Iterable<AnyService>): Handle {
  return <T extends Target>(first: string | number | T, second?: T): T => {
    for (const service of services()) typeof first === 'function' ? service.mapTarget(first) : map(service, first, second);
    return (typeof first === 'function' ? first : second) as T;
  };
}

function map<T extends Target>(service: AnyService, key: string | number, target: T | undefined): T {
  if (typeof target !== 'function') throw new TypeError(`service ${service.name}: ${key} needs a function`);
  if (service instanceof CommandService) {
    if (key === '*') return service.mapCatchAll(target);
    if (typeof key !== 'number') throw new TypeError(`service ${service.name} goes by numbers; ${key} is none`);
    return service.mapTarget(target, key);
  }
  return service.mapTarget(target, String(key));
}
