/** A world of stores for each test of a suite that runs on whichever database and memcached. */
import type { FreshDatabase } from '../helpers/services';
import { type Node, World, type WorldOptions } from './world';

export interface Stores {
  database(): Promise<FreshDatabase>;
  /** `host:port` of a memcached. */
  memcached(): Promise<string | undefined>;
}

export type Worlds = (body: (world: World, node: Node) => Promise<void>, options?: Partial<WorldOptions>) => Promise<void>;

/** @returns what runs a test in a world with a node, on a database of its own that is dropped afterwards */
export function worldsOn(stores: Stores): Worlds {
  return async (body, options = {}) => {
    const [database, memcached] = [await stores.database(), await stores.memcached()];
    try {
      await using world = await World.open(database, { ...(memcached === undefined ? {} : { memcached }), ...options });
      await body(world, world.node());
    } finally {
      await database.drop();
    }
  };
}
