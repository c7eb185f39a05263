/** What the node that writes loads beyond the others: done before its turn, so that a restart has less to do while everybody waits. */
import type { DbConfig } from '../../config/config';

/** Set in the environment of the writer's process: the engine whose code it is to load. */
export const PRELOAD = 'FIREFLY_PRELOAD_STORES';

/** Whatever fails here fails again where it matters, with its reason. */
export async function preloadStores(engine: string | undefined): Promise<void> {
  if (engine === undefined) return;
  const driver =
    engine === ('mysql' satisfies DbConfig['engine']) ? import('../../dbentrust/sql/mysql.js') : import('../../dbentrust/sql/sqlite.js');
  await Promise.allSettled([
    driver,
    import('../../dbentrust/writer/writer.js'),
    import('../../dbentrust/cache/embedded.js'),
    import('../../dbentrust/cache/memclient.js'),
    import('../../dbentrust/leases/leasebook.js'),
    import('../../dbentrust/leases/leasememory.js'),
    import('../../dbentrust/sql/migrate.js'),
  ]);
}
