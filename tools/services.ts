/**
 * What tests and benchmarks need of the machine: MariaDB, memcached, a C compiler and Chromium, installed when missing; the servers are started as private instances on free loopback ports.
 *
 *   node tools/services.js install    installs what is missing, or says which command does
 *   node tools/services.js            starts both, prints how to reach them, and stops them at Ctrl-C
 *
 * An instance has its own data folder, which goes with it. It never touches a server that already runs on the machine.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../src/thrown';
import { ensureChromium } from './lib/chromium';
import { ensureInstalled } from './lib/needed';
import { HOST, type Service, startProgram } from './lib/serverprocess';

export interface DatabaseService extends Service {
  /** May create databases and users. */
  readonly user: string;
  readonly password: string;
}

const USER = 'firefly';
const PASSWORD = 'firefly-test';

export interface DatabaseOptions {
  /** Its folder, made and removed by it; a temporary one when left out. */
  readonly dir?: string;
  /** `small` starts quickly and is enough for tests; `usual` is what the server takes by itself. */
  readonly memory?: 'small' | 'usual';
}

/** Starts a MariaDB of its own. */
export async function startMariaDb({
  dir = mkdtempSync(join(tmpdir(), 'firefly-db-')),
  memory = 'small',
}: DatabaseOptions = {}): Promise<DatabaseService> {
  const { server, installDb } = ensureInstalled();
  const data = join(dir, 'data');
  mkdirSync(data, { recursive: true });
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  const small = memory === 'small' ? ['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=16M'] : [];
  // A server that starts removes what it takes for its own leftovers in its folder for temporary files: shared, that would be another's tables in use.
  const common = ['--no-defaults', `--datadir=${data}`, `--tmpdir=${dir}`, ...asRoot, ...small];
  const install = installDb
    ? spawnSync(installDb, [...common, '--skip-test-db', '--skip-name-resolve', '--auth-root-authentication-method=normal'], {
        encoding: 'utf8',
      })
    : spawnSync(server, [...common, '--initialize-insecure'], { encoding: 'utf8' });
  if (install.status !== 0)
    throw new Error(`${installDb ?? server} failed: ${install.error?.message ?? `${install.stdout}${install.stderr}`.slice(-2000)}`);
  const grants = join(dir, 'grants.sql');
  writeFileSync(
    grants,
    `CREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO '${USER}'@'%' WITH GRANT OPTION;\n`,
  );
  const service = await startProgram('MariaDB', dir, (port) => ({
    program: server,
    args: [
      ...common,
      `--port=${port}`,
      `--bind-address=${HOST}`,
      `--socket=${join(dir, 'sock')}`,
      `--pid-file=${join(dir, 'pid')}`,
      `--init-file=${grants}`,
      '--skip-networking=OFF',
      '--skip-name-resolve',
      '--performance-schema=OFF',
      '--max-connections=500',
    ],
    ready: /ready for connections/,
  }));
  return Object.assign(service, { user: USER, password: PASSWORD });
}

/** Starts a memcached of its own. @param options `megabytes`: its memory (64), `itemBytes`: the largest item (1 MiB) */
export function startMemcached(options: { megabytes?: number; itemBytes?: number; port?: number } = {}): Promise<Service> {
  const { memcached } = ensureInstalled();
  const asRoot = process.getuid?.() === 0 ? ['-u', 'root'] : [];
  const args = [
    '-l',
    HOST,
    '-U',
    '0',
    '-m',
    String(options.megabytes ?? 64),
    ...(options.itemBytes ? ['-I', String(options.itemBytes)] : []),
    ...asRoot,
  ];
  return startProgram(
    'memcached',
    undefined,
    (port) => ({ program: memcached, args: [...args, '-p', String(port)], ready: undefined }),
    options.port,
  );
}

async function main(): Promise<void> {
  if (process.argv[2] === 'install') {
    const { server, memcached, compiler } = ensureInstalled();
    process.stdout.write(`${server}\n${memcached}\n${compiler}\n${ensureChromium()}\n`);
    return;
  }
  const [database, cache] = await Promise.all([startMariaDb(), startMemcached()]);
  const { host, port, user, password } = database;
  process.stdout.write(
    `export FIREFLY_TEST_MYSQL='${JSON.stringify({ host, port, user, password })}'\nexport FIREFLY_TEST_MEMCACHED='${cache.host}:${cache.port}'\n`,
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await Promise.all([database.stop(), cache.stop()]);
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
  });
}
