/** Which of the two databases the config means. Its driver is loaded here and nowhere else. */
import type { DbConfig } from '../../config/config';
import type { SqlStore, StoreOptions } from './store';

/**
 * Opens the configured database; one that does not exist yet is created where the user may.
 *
 * @throws StoreDown naming host, port and database and the fix
 */
export async function openStore(config: DbConfig, options: StoreOptions): Promise<SqlStore> {
  if (config.engine === 'mysql') {
    const { MysqlStore } = require('./mysql') as typeof import('./mysql');
    return MysqlStore.open(config, options);
  }
  const { SqliteStore } = require('./sqlite') as typeof import('./sqlite');
  return SqliteStore.open(config, options);
}
