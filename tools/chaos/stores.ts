/** Where a run keeps its data: a MariaDB and a memcached of its own that can be killed, or what dbfront embeds. */
import pino from 'pino';
import type { DbConfig } from '../../src/config/config';
import { openStore } from '../../src/dbentrust/sql/open';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { type Service, startMariaDb, startMemcached } from '../services';
import type { StoresKind } from './options';

const DATABASE = 'bank';
const SQL_MS = 60_000;

export interface Stores extends AsyncDisposable {
  /** Sections of the cluster's config. */
  readonly config: Readonly<Record<string, object>>;
  /** What runs beside the cluster, by name. */
  readonly services: Readonly<Record<string, Service>>;
  /** Looks into the database. @param dataDir of the cluster, which does not run */
  open(dataDir: string): Promise<SqlStore>;
}

export function startStores(kind: StoresKind): Promise<Stores> {
  return kind === 'mysql' ? startServers() : embedded();
}

async function startServers(): Promise<Stores> {
  const [mariadb, memcached] = await Promise.all([startMariaDb(), startMemcached()]);
  const { host, port, user, password } = mariadb;
  const db: DbConfig = { engine: 'mysql', host, port, user, password, database: DATABASE, charset: 'utf8mb4' };
  return {
    config: {
      db: { host, port, user, passwd: password, db: DATABASE, charset: 'utf8mb4' },
      memcached: { urls: [`${memcached.host}:${memcached.port}`], hostname: 'bank' },
    },
    services: { mariadb, memcached },
    open: (dataDir) => openStore(db, { dataDir, sqlMs: SQL_MS, log: pino({ level: 'silent' }) }),
    [Symbol.asyncDispose]: async () => void (await Promise.all([mariadb.stop(), memcached.stop()])),
  };
}

async function embedded(): Promise<Stores> {
  const db: DbConfig = { engine: 'sqlite', host: '', port: 0, user: '', password: '', database: DATABASE, charset: 'utf8' };
  return {
    config: { db: { engine: 'sqlite', db: DATABASE }, memcached: { embedded: true, hostname: 'bank' } },
    services: {},
    open: (dataDir) => openStore(db, { dataDir, sqlMs: SQL_MS, log: pino({ level: 'silent' }) }),
    [Symbol.asyncDispose]: async () => {},
  };
}
