/**
 * Which handler answers which method and path.
 *
 * Paths are matched whole and as they came (`/stop` is not `/stop/`); one that ends in `/*` takes any last part. Pure: knows no socket. A
 * table can be copied without the routes of some files, which is what a reload does.
 */
import { DuplicateTarget } from '../errors';
import { describePlace, type Place } from '../services/target';
import type { WebRequest } from './request';

/** What it returns, or what its promise settles to, is the answer: see `toReply`. */
export type WebHandler = (request: WebRequest) => unknown;

export type WebMethod = 'GET' | 'POST' | '*';

export interface RouteTraits {
  /** Whoever may reach the port may ask, without a token and from elsewhere: what is there tells nothing and does nothing. */
  readonly open?: boolean;
  /** Whether it does something that is noted down; left out: all that is asked with another method than GET. */
  readonly act?: boolean;
}

interface Route extends RouteTraits {
  readonly handler: WebHandler;
  readonly place: Place | undefined;
}

/** What `*` stands for. Never HEAD or OPTIONS: a question about a page must not run what is behind it. */
const ANY_METHOD = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

export class RouteTable {
  readonly #paths = new Map<string, Map<string, Route>>();

  /**
   * @param method `*` is Firefly's rule: any method but HEAD and OPTIONS
   * @param path starts with `/`
   * @param place named when a second registration of the same route is refused
   * @throws DuplicateTarget when the route is taken, naming both places
   */
  add(method: WebMethod, path: string, handler: WebHandler, place?: Place, traits: RouteTraits = {}): void {
    if (!/^\/[^?#\s]*$/.test(path)) throw new TypeError(`web path ${JSON.stringify(path)}: write it as /name, without ? and #`);
    const methods = this.#paths.get(path) ?? new Map<string, Route>();
    const wanted = method === '*' ? ANY_METHOD : [method];
    for (const one of wanted) {
      const taken = methods.get(one);
      if (taken) throw new DuplicateTarget('web', `${one} ${path}`, describe(taken), describe({ handler, place }));
    }
    for (const one of wanted) methods.set(one, { handler, place, ...traits });
    this.#paths.set(path, methods);
  }

  /** The methods of a path with their handlers; undefined when nothing is there. */
  at(
    path: string,
  ): { handler(method: string): WebHandler | undefined; traits(method: string): RouteTraits; readonly methods: string[] } | undefined {
    const methods = this.#paths.get(path) ?? this.#paths.get(path.replace(/[^/]+$/, '*'));
    if (!methods) return undefined;
    return {
      handler: (method) => methods.get(method)?.handler,
      traits: (method) => methods.get(method) ?? {},
      methods: [...methods.keys()],
    };
  }

  /** A table with the routes that `keep` accepts; requests under way stay with this one. */
  copy(keep: (place: Place | undefined) => boolean): RouteTable {
    const copy = new RouteTable();
    for (const [path, methods] of this.#paths) {
      const kept = [...methods].filter(([, route]) => keep(route.place));
      if (kept.length > 0) copy.#paths.set(path, new Map(kept));
    }
    return copy;
  }
}

function describe(route: Route): string {
  if (route.place) return describePlace(route.place);
  return route.handler.name ? `function ${route.handler.name}` : 'an unnamed function';
}
