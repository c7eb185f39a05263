/**
 * What tests and benchmarks need of the machine: MariaDB, memcached, a C compiler and Chromium, installed when missing; the servers are started as private instances on free loopback ports.
 *
 *   node tools/services.js install    installs what is missing, or says which command does
 *   node tools/services.js            starts both, prints how to reach them, and stops them at Ctrl-C
 *
 * An instance has its own data folder, which goes with it. It never touches a server that already runs on the machine.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../src/thrown';
import { ensureChromium } from './lib/chromium';
import { findProgram, installPackages } from './lib/packages';

export interface Programs {
  /** mariadbd, or mysqld where that is what there is. */
  readonly server: string;
  /** mariadb-install-db; undefined with Oracle's server, which initialises itself. */
  readonly installDb: string | undefined;
  readonly memcached: string;
  /** The C compiler that the benchmark's load programs are built with. */
  readonly compiler: string;
  /** The program `ip`, with which tests make networks of their own. */
  readonly network: string;
}

export interface Service {
  readonly host: string;
  readonly port: number;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  /** Kills the process in its tracks; its folder stays. */
  kill(): Promise<void>;
  /** Starts it again where `kill` ended it: same port, same folder. */
  revive(): Promise<void>;
  /** Stops the process in its tracks (SIGSTOP) and waits until each of its threads stands. */
  freeze(): Promise<void>;
  /** Lets a frozen process go on. */
  thaw(): void;
  /** Ends the process and removes its folder. */
  stop(): Promise<void>;
}

export interface DatabaseService extends Service {
  /** May create databases and users. */
  readonly user: string;
  readonly password: string;
}

const HOST = '127.0.0.1';
const USER = 'firefly';
const PASSWORD = 'firefly-test';
const READY_MS = 30_000;
const REVIVALS = 10;
const REVIVE_MS = 1_000;

/**
 * Finds the servers, installing Debian's packages when they are missing and this user may.
 *
 * @throws Error with the one command to run, when it may not or that failed
 */
export function ensureInstalled(): Programs {
  let programs = findPrograms();
  if (isComplete(programs)) return programs;
  const missing = [
    ...(programs.server ? [] : ['mariadb-server']),
    ...(programs.memcached ? [] : ['memcached']),
    ...(programs.compiler ? [] : ['gcc', 'libc6-dev']),
    ...(programs.network ? [] : ['iproute2']),
  ];
  const command = installPackages(missing);
  programs = findPrograms();
  if (isComplete(programs)) return programs;
  throw new Error(`the tests need ${missing.join(', ')}. Run: ${command}   (without them: npm run test:embedded)`);
}

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

interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** What it writes when it serves; undefined: it serves when it accepts. */
  readonly ready: RegExp | undefined;
}

/** Starts on a free port; when somebody took that port in between, on another. */
async function startProgram(
  name: string,
  dir: string | undefined,
  command: (port: number) => Command,
  fixedPort?: number,
): Promise<Service> {
  for (let attempt = 1; ; attempt++) {
    const port = fixedPort ?? (await freePort());
    const program = new Program(name, port, dir, command(port));
    const failure = await program.run();
    if (failure === undefined) return program;
    const takenMeanwhile = /in use/i.test(failure) && attempt < 5 && fixedPort === undefined;
    if (takenMeanwhile) continue;
    await program.stop();
    throw new Error(`${name} did not start: ${failure}`);
  }
}

/** A server in a process of its own, which ends with this one. */
class Program implements Service {
  readonly host = HOST;
  readonly #name: string;
  readonly #dir: string | undefined;
  readonly #command: Command;
  #child: ChildProcess | undefined;
  readonly #killWithUs = () => {
    this.#child?.kill('SIGKILL');
    if (this.#dir) rmSync(this.#dir, { recursive: true, force: true });
  };

  constructor(
    name: string,
    readonly port: number,
    dir: string | undefined,
    command: Command,
  ) {
    this.#name = name;
    this.#dir = dir;
    this.#command = command;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** @returns what it said when it did not get ready */
  async run(): Promise<string | undefined> {
    const { program, args, ready } = this.#command;
    const [file = program, ...rest] = [...leash(), program, ...args];
    const child = spawn(file, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    const output = new Output(child);
    process.off('exit', this.#killWithUs);
    process.once('exit', this.#killWithUs);
    if ((await isReady(child, output, this.port, ready)) && child.pid !== undefined) return undefined;
    process.off('exit', this.#killWithUs);
    return output.text.slice(-2000) || `no answer on port ${this.port} within ${READY_MS} ms`;
  }

  freeze(): Promise<void> {
    return freeze(this.pid);
  }

  thaw(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async revive(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const failure = await this.run();
      if (failure === undefined) return;
      // A connection of anybody's may have been given the port meanwhile.
      if (!/in use/i.test(failure) || attempt === REVIVALS) throw new Error(`${this.#name} did not start again: ${failure}`);
      await delay(REVIVE_MS);
    }
  }

  async stop(): Promise<void> {
    process.off('exit', this.#killWithUs);
    await this.kill();
    if (this.#dir) rmSync(this.#dir, { recursive: true, force: true });
  }
}

/** Where util-linux has it, a prefix that lets the kernel end the server when this process dies without a word. */
function leash(): string[] {
  const setpriv = findProgram('setpriv');
  return setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : [];
}

/** The end of what a program wrote, and whether it is still there. */
class Output {
  text = '';
  ended = false;

  constructor(child: ChildProcess) {
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.text = (this.text + chunk).slice(-16_384);
    });
    child.once('error', (error) => {
      this.text += error.message;
      this.ended = true;
    });
    child.once('exit', () => {
      this.ended = true;
    });
  }
}

async function isReady(child: ChildProcess, output: Output, port: number, ready: RegExp | undefined): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (!output.ended && Date.now() < deadline) {
    if (ready ? ready.test(output.text) : await accepts(port)) return true;
    await delay(10);
  }
  child.kill('SIGKILL');
  return false;
}

async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return;
  const stands = (task: string): boolean => / T /.test(readFileSync(join(tasks, task, 'stat'), 'utf8'));
  while (!readdirSync(tasks).every(stands)) await delay(1);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function findPrograms(): Partial<Programs> & { installDb: string | undefined } {
  const server = findProgram('mariadbd') ?? findProgram('mysqld');
  const memcached = findProgram('memcached');
  const compiler = findProgram('cc');
  const network = findProgram('ip');
  return {
    ...(server ? { server } : {}),
    ...(memcached ? { memcached } : {}),
    ...(compiler ? { compiler } : {}),
    ...(network ? { network } : {}),
    installDb: findProgram('mariadb-install-db'),
  };
}

function isComplete(programs: ReturnType<typeof findPrograms>): programs is Programs {
  const { server, memcached, compiler, network } = programs;
  return [server, memcached, compiler, network].every((path) => path !== undefined);
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
