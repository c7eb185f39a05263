/**
 * Runs the tests: lists the files, starts the real MariaDB and memcached beside them, and closes with the runner's own count.
 *
 *   node tools/test.js [--embedded] [PART OF A PATH ...]
 *
 * --embedded leaves out what needs MariaDB, memcached, a C compiler, Chromium or network namespaces. Exit code: the runner's; 2 when there was nothing to run or no service. Node 20's runner takes no globs, and given a folder it runs fixtures too.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { constants } from 'node:os';
import { join, relative, sep } from 'node:path';
import { messageOf } from '../src/thrown';
import { ensureChromium } from './lib/chromium';
import { ensureInstalled } from './lib/needed';
import { killAll, processesWith } from './lib/processes';
import type { Service } from './lib/serverprocess';
import { startMariaDb, startMemcached } from './services';

const ROOT = join(__dirname, '..');
/** Test files that run at once. */
const CONCURRENCY = 2;
/** No single test, nor a whole file, takes longer. */
const DEADLINE_MS = 300_000;
/** Folders under test/ that hold no tests of their own. */
const NO_TESTS = new Set(['fixtures', 'helpers']);
const NEEDS_SERVICES = /\.(mysql|memcached|cc|chromium|netns)\.test\.js$/;

interface Selection {
  readonly embedded: boolean;
  /** A file is run when its path holds one of them; all when empty. */
  readonly filters: readonly string[];
}

/** The emitted test files under `root`/test, relative to `root`, sorted; what an older build left behind is not among them. */
export function listTests(root: string, { embedded, filters }: Selection): string[] {
  const folder = join(root, 'test');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.js') && !file.split(sep).some((part) => NO_TESTS.has(part)))
    .filter((file) => existsSync(join(folder, file.replace(/\.js$/, '.ts'))))
    .filter((file) => !(embedded && NEEDS_SERVICES.test(file)))
    .map((file) => relative(root, join(folder, file)))
    .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter.replace(/\.ts$/, '.js'))))
    .sort();
}

async function main(args: readonly string[]): Promise<number> {
  const embedded = args.includes('--embedded');
  const filters = args.filter((arg) => arg !== '--embedded');
  const unknown = filters.find((filter) => filter.startsWith('-'));
  if (unknown) return complain(`${unknown} is no option; usage: node tools/test.js [--embedded] [PART OF A PATH ...]`);
  const files = listTests(ROOT, { embedded, filters });
  if (files.length === 0)
    return complain(`no test file${filters.length ? ` matches ${filters.join(' or ')}` : ''}; is it built (npm run build)?`);

  const stop = stopSignal();
  const services: Service[] = [];
  try {
    if (files.some((file) => file.endsWith('.chromium.test.js'))) ensureChromium();
    const env = embedded ? { FIREFLY_TEST_EMBEDDED: '1' } : await startServices(services);
    if (stop.signal) return signalExit(stop.signal);
    return await runTests(files, env, stop);
  } catch (error) {
    return complain(messageOf(error));
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    stop.end();
  }
}

/** Starts what the tests need, adding each to `services` as soon as it runs, and returns the environment that names them. */
async function startServices(services: Service[]): Promise<Record<string, string>> {
  ensureInstalled();
  const started = await Promise.allSettled([startMariaDb(), startMemcached()]);
  for (const one of started) if (one.status === 'fulfilled') services.push(one.value);
  const [mysql, memcached] = started;
  if (mysql.status === 'rejected') throw mysql.reason;
  if (memcached.status === 'rejected') throw memcached.reason;
  const { host, port, user, password } = mysql.value;
  return {
    FIREFLY_TEST_MYSQL: JSON.stringify({ host, port, user, password }),
    FIREFLY_TEST_MEMCACHED: `${memcached.value.host}:${memcached.value.port}`,
  };
}

/** Runs them, and kills what they leave behind: a test that leaves a process has failed. */
async function runTests(files: readonly string[], env: Record<string, string>, stop: StopSignal): Promise<number> {
  const options = ['--test', `--test-concurrency=${CONCURRENCY}`, `--test-timeout=${DEADLINE_MS}`, '--test-reporter=spec'];
  const run = randomUUID();
  const runner = spawn(process.execPath, [...options, ...files], {
    cwd: ROOT,
    env: { ...process.env, ...env, FIREFLY_TEST_RUN: run },
    stdio: 'inherit',
  });
  stop.forwardTo((signal) => runner.kill(signal));
  const [code, signal] = (await once(runner, 'exit')) as [number | null, NodeJS.Signals | null];
  const left = processesWith('FIREFLY_TEST_RUN', run);
  await killAll(() => processesWith('FIREFLY_TEST_RUN', run));
  if (code === 0 && left.length > 0) return complain(`the tests passed but left processes behind, now killed: ${left.join(', ')}`);
  return code ?? signalExit(signal ?? 'SIGKILL');
}

interface StopSignal {
  /** The first that came. */
  readonly signal: NodeJS.Signals | undefined;
  forwardTo(kill: (signal: NodeJS.Signals) => void): void;
  end(): void;
}

/** Keeps SIGINT and SIGTERM from ending this process before the services are stopped. */
function stopSignal(): StopSignal {
  let came: NodeJS.Signals | undefined;
  let kill: ((signal: NodeJS.Signals) => void) | undefined;
  const take = (signal: NodeJS.Signals) => {
    came ??= signal;
    kill?.(signal);
  };
  process.on('SIGINT', take).on('SIGTERM', take);
  return {
    get signal() {
      return came;
    },
    forwardTo: (to) => {
      kill = to;
    },
    end: () => process.off('SIGINT', take).off('SIGTERM', take),
  };
}

function signalExit(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

function complain(message: string): number {
  process.stderr.write(`${message}\n`);
  return 2;
}

if (require.main === module) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
