/** Where a run keeps its data: a MariaDB and a memcached of its own that can be killed, or what dbfront embeds. */
import pino from 'pino';
import type { DbConfig } from '../../src/config/config';
import { openStore } from '../../src/dbentrust/sql/open';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { type DatabaseService, startMariaDb, startMemcached } from '../services';
import type { Service } from './serverprocess';

export const STORES = ['mysql', 'embedded'] as const;
export type StoresKind = (typeof STORES)[number];

const SQL_MS = 60_000;

/** One database and its cache. */
export interface Places {
  /** Sections of the cluster's config. */
  readonly config: Readonly<Record<'db' | 'memcached', object>>;
  /** Looks into the database. @param dataDir of the cluster, which does not run */
  open(dataDir: string): Promise<SqlStore>;
}

export interface Stores extends Places, AsyncDisposable {
  /** What runs beside the cluster, by name. */
  readonly services: Readonly<Record<string, Service>>;
}

/** @param database its name, and the cache's */
export async function startStores(kind: StoresKind, database: string): Promise<Stores> {
  if (kind === 'mysql') return startServers(database);
  return { ...inDbfront(database), services: {}, [Symbol.asyncDispose]: async () => {} };
}

/** What dbfront embeds. */
export function inDbfront(database: string): Places {
  return {
    config: { db: { engine: 'sqlite', db: database }, memcached: { embedded: true, hostname: database } },
    open: opener({ engine: 'sqlite', host: '', port: 0, user: '', password: '', database, charset: 'utf8' }),
  };
}

/** A database on a server that is there. @param memcached `host:port` */
export function onServers(
  { host, port, user, password }: Pick<DatabaseService, 'host' | 'port' | 'user' | 'password'>,
  memcached: string,
  database: string,
): Places {
  return {
    config: {
      db: { engine: 'mysql', host, port, user, passwd: password, db: database, charset: 'utf8mb4' },
      memcached: { embedded: false, urls: [memcached], hostname: database },
    },
    open: opener({ engine: 'mysql', host, port, user, password, database, charset: 'utf8mb4' }),
  };
}

async function startServers(database: string): Promise<Stores> {
  const [mariadb, memcached] = await Promise.all([startMariaDb(), startMemcached()]);
  return {
    ...onServers(mariadb, `${memcached.host}:${memcached.port}`, database),
    services: { mariadb, memcached },
    [Symbol.asyncDispose]: async () => void (await Promise.all([mariadb.stop(), memcached.stop()])),
  };
}

function opener(db: DbConfig): Places['open'] {
  return (dataDir) => openStore(db, { dataDir, sqlMs: SQL_MS, log: pino({ level: 'silent' }) });
}
