/**
 * `firefly-ts/sql`: what a game writes its migrations with. The query builder is kysely's; a game need not depend on kysely by itself.
 *
 * Only modules that make tables import it, so nodes that leave the tables to dbfront never load kysely.
 */
import { type Kysely, MysqlAdapter, sql } from 'kysely';

export type { ColumnDefinitionBuilder, CreateTableBuilder, Kysely, RawBuilder } from 'kysely';
export type { Migration } from './store';
export { sql };

/** Whether a migration runs on MySQL or MariaDB; otherwise it is SQLite. */
export function isMysql(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter;
}
