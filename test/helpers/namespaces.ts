/**
 * Tests that need a network or a file system of their own: the file runs itself a second time, in namespaces where it may do as it likes.
 *
 * For root, and for anybody whose kernel allows user namespaces. Where neither holds the test fails and says what to do: what it promises is
 * not proven there.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { waitFor } from '../../tools/lib/wait';

const INSIDE = 'FIREFLY_TEST_NAMESPACES';
const RUN_MS = 140_000;
/** Not everybody has the system's folders in the path. */
const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Runs `tests` inside namespaces of their own. @param file the test's own */
export function insideNamespaces(file: string, promise: string, tests: () => void): void {
  if (process.env[INSIDE]) {
    tests();
    return;
  }
  it(promise, { timeout: RUN_MS }, () => {
    const flags = allowedFlags();
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { status, stdout, stderr } = spawnSync('unshare', [...flags, process.execPath, '--test', '--test-reporter=spec', file], {
      env: { ...env, PATH, [INSIDE]: '1' },
      encoding: 'utf8',
      timeout: RUN_MS,
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.doesNotMatch(stdout, /^ℹ pass 0$/m, 'it ran no test');
  });
}

/** Root's own first: a root without user namespaces is common in containers. */
function allowedFlags(): string[] {
  const ways = [...(process.getuid?.() === 0 ? [['--net', '--mount']] : []), ['--map-root-user', '--net', '--mount']];
  const refused: string[] = [];
  for (const flags of ways) {
    const { status, stderr, error } = spawnSync('unshare', [...flags, 'ip', 'link', 'set', 'lo', 'up'], {
      env: { ...process.env, PATH },
      encoding: 'utf8',
    });
    if (status === 0) return flags;
    refused.push(`unshare ${flags.join(' ')}: ${error?.message ?? stderr.trim()}`);
  }
  throw new Error(
    `this needs namespaces of its own, and they are refused here:\n${refused.join('\n')}\nRun the tests as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0); unshare and nsenter are in the package util-linux, ip in iproute2.`,
  );
}

/** A second machine, as far as the network knows: joined to this one by a cable. To be used inside. */
export class OtherHost implements AsyncDisposable {
  static readonly here = '10.99.0.1';
  static readonly there = '10.99.0.2';
  readonly #holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.#holder = holder;
  }

  static async connect(): Promise<OtherHost> {
    run('ip', 'link', 'set', 'lo', 'up');
    const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 3600'], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (holder.stdout) await once(holder.stdout, 'data');
    const host = new OtherHost(holder);
    run('ip', 'link', 'add', 'cable', 'type', 'veth', 'peer', 'name', 'plug');
    run('ip', 'link', 'set', 'plug', 'netns', String(holder.pid));
    run('ip', 'address', 'add', `${OtherHost.here}/24`, 'dev', 'cable');
    host.plug();
    for (const args of [
      ['link', 'set', 'lo', 'up'],
      ['address', 'add', `${OtherHost.there}/24`, 'dev', 'plug'],
      ['link', 'set', 'plug', 'up'],
    ])
      run(...host.command('ip', ...args));
    return host;
  }

  /** How to run a command there. */
  command(...command: string[]): [string, ...string[]] {
    return ['nsenter', `--target=${this.#holder.pid}`, '--net', ...command];
  }

  /** Pulls the cable: nothing gets through, and nobody is told. */
  cut(): void {
    run('ip', 'link', 'set', 'cable', 'down');
  }

  plug(): void {
    run('ip', 'link', 'set', 'cable', 'up');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.kill('SIGKILL');
    await waitFor(() => this.#holder.exitCode !== null || this.#holder.signalCode !== null, 'end of the other host');
  }
}

/** @throws Error with what it said */
export function run(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
