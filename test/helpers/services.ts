/**
 * What a test needs of the outside: a fresh database on MariaDB, a fresh SQLite folder, a memcached.
 *
 * The runner starts one MariaDB and one memcached for all files and names them in the environment; a file that is run by itself starts its own.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { createConnection } from 'mysql2/promise';
import pino from 'pino';
import type { DbConfig } from '../../src/config/config';
import type { Logger } from '../../src/log/log';
import type { Service } from '../../tools/lib/serverprocess';
import { type DatabaseService, startMariaDb, startMemcached } from '../../tools/services';

export interface FreshDatabase {
  readonly config: DbConfig;
  readonly dataDir: string;
  drop(): Promise<void>;
}

type Access = Pick<DatabaseService, 'host' | 'port' | 'user' | 'password'>;

const own: Service[] = [];
// Registered while the file is loaded, so that it belongs to the file and not to the test that first asked.
after(() => Promise.all(own.map((service) => service.stop())));

let instance: Promise<Access> | undefined;
let cache: Promise<string> | undefined;
let counter = 0;

/** A log that nobody reads. */
export function silentLog(): Logger {
  return pino({ level: 'silent' });
}

/** The MariaDB that tests share; its user may create databases and users. */
export function mariaDb(): Promise<Access> {
  instance ??= fromEnvironment() ?? startOwn();
  return instance;
}

/** A database name nobody else has; the database itself is made by the store that opens it. */
export async function freshMysql(): Promise<FreshDatabase> {
  const access = await mariaDb();
  const database = `firefly_test_${process.pid}_${++counter}`;
  const config: DbConfig = { engine: 'mysql', ...access, database, charset: 'utf8' };
  const drop = async (): Promise<void> => {
    const connection = await createConnection(access);
    await connection.query(`DROP DATABASE IF EXISTS \`${database}\``);
    await connection.end();
  };
  return { config, dataDir: tmpdir(), drop };
}

/** An empty folder for a SQLite file. */
export async function freshSqlite(): Promise<FreshDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'firefly-sqlite-'));
  const config: DbConfig = { engine: 'sqlite', host: '', port: 0, user: '', password: '', database: 'game', charset: 'utf8' };
  return { config, dataDir, drop: async () => rmSync(dataDir, { recursive: true, force: true }) };
}

/** `host:port` of the memcached that tests share. A test keeps apart by its own `hostname` and never flushes it. */
export function sharedMemcached(): Promise<string> {
  const given = process.env.FIREFLY_TEST_MEMCACHED;
  cache ??= given
    ? Promise.resolve(given)
    : startMemcached().then((service) => {
        own.push(service);
        return `${service.host}:${service.port}`;
      });
  return cache;
}

function fromEnvironment(): Promise<Access> | undefined {
  const given = process.env.FIREFLY_TEST_MYSQL;
  if (!given) return undefined;
  const { host, port, user, password } = JSON.parse(given) as Access;
  return Promise.resolve({ host, port, user, password });
}

async function startOwn(): Promise<Access> {
  const service = await startMariaDb();
  own.push(service);
  const { host, port, user, password } = service;
  return { host, port, user, password };
}
