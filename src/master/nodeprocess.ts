/**
 * One node as the master sees it: its process, its state, how it ended before, and whether it comes back.
 *
 * A node that somebody started by hand has no process here; it is known by its link alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ClusterConfig, NodeConfig } from '../config/config';
import type { Logger } from '../log/log';
import { type Handover, STARTED_BY_MASTER } from '../server/handover';
import { Restarts } from './restarts';

export type NodeState = 'starting' | 'ready' | 'stopping' | 'exited' | 'failed';

/** How a process ended. */
export interface NodeExit {
  readonly at: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason: string;
  readonly lastLines: readonly string[];
}

const LAST_LINES = 20;
const EXITS_KEPT = 10;

export interface NodeProcessOptions {
  readonly cluster: ClusterConfig;
  readonly node: NodeConfig;
  readonly secret: string;
  /** The script that runs a node. */
  readonly main: string;
  readonly log: Logger;
  /** Gets each line that the node prints. */
  readonly print: (line: string) => void;
  /** Given up for good, or retried for ever at the capped back-off. */
  readonly mayGiveUp: boolean;
}

export class NodeProcess {
  state: NodeState = 'exited';
  /** Of the process that runs now, started here or by hand. */
  pid: number | undefined;
  readonly exits: NodeExit[] = [];
  readonly #options: NodeProcessOptions;
  readonly #restarts: Restarts;
  #child: ChildProcess | undefined;
  #lines: string[] = [];
  readonly #watchers = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NodeProcessOptions) {
    this.#options = options;
    this.#restarts = new Restarts(options.node.supervise, options.cluster.limits);
  }

  get node(): NodeConfig {
    return this.#options.node;
  }

  /** How often the master started it again. */
  get restarts(): number {
    return this.#restarts.count;
  }

  /** Whether a process that the master started is running. */
  get isOurs(): boolean {
    return this.#child !== undefined;
  }

  spawn(): void {
    const { cluster, node, secret, main } = this.#options;
    const child = spawn(process.execPath, [main, node.name, cluster.path], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C reaches the master alone, and the master decides the order.
      detached: true,
      // The master reads the nodes' lines, and makes them readable for people itself.
      env: { ...process.env, [STARTED_BY_MASTER]: '1', FIREFLY_LOG: 'json' },
    });
    this.#child = child;
    this.#lines = [];
    this.pid = child.pid;
    this.#become('starting');
    child.send({ config: cluster, secret } satisfies Handover, (error) => {
      if (error) this.#options.log.error({ node: node.name, error }, 'the config did not reach the node');
    });
    for (const output of [child.stdout, child.stderr])
      if (output) createInterface({ input: output }).on('line', (line) => this.#line(line));
    child.once('error', (error) => this.#options.log.error({ node: node.name, error }, 'the node cannot be started'));
    child.once('close', (code, signal) => this.#exited(code, signal));
  }

  /** The node said that it is ready. */
  ready(pid: number): void {
    this.pid = pid;
    this.#restarts.ready();
    this.#become('ready');
  }

  /** The node has registered and is not ready yet. */
  registered(pid: number): void {
    this.pid = pid;
    if (this.state === 'exited' || this.state === 'failed') this.#become('starting');
  }

  stopping(): void {
    clearTimeout(this.#timer);
    this.#become('stopping');
  }

  /** A node that was started by hand lost its link. */
  gone(): void {
    if (this.isOurs) return;
    this.pid = undefined;
    if (this.state !== 'failed') this.#become('exited');
  }

  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Settles when `condition` holds, with true, or at the deadline, with false. */
  waitFor(condition: (self: this) => boolean, deadlineMs: number): Promise<boolean> {
    if (condition(this)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const check = () => condition(this) && settle(true);
      const timer = setTimeout(() => settle(false), deadlineMs);
      const settle = (value: boolean) => {
        clearTimeout(timer);
        this.#watchers.delete(check);
        resolve(value);
      };
      this.#watchers.add(check);
    });
  }

  #line(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
    this.#options.print(line);
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    const pid = this.#child?.pid ?? 0;
    this.#child = undefined;
    if (this.pid === pid) this.pid = undefined;
    const wanted = this.state === 'stopping';
    const reason = wanted ? 'stopped' : describeExit(code, signal);
    this.exits.push({ at: new Date().toISOString(), pid, code, signal, reason, lastLines: this.#lines });
    if (this.exits.length > EXITS_KEPT) this.exits.shift();
    if (wanted) this.#become('exited');
    else if (this.pid === undefined) this.#restart(pid, reason, code === 0 && signal === null);
  }

  /** Asks the policy. A node that came up elsewhere in the meantime is left alone. */
  #restart(pid: number, reason: string, normal: boolean): void {
    const { node, log, mayGiveUp } = this.#options;
    const delay = this.#restarts.next(normal, mayGiveUp);
    const outlook = delay === undefined ? 'it is not started again' : `it is started again in ${delay} ms`;
    log.error({ name: node.name, exited: pid }, `${node.name} ${reason}; ${outlook}`);
    this.#become(this.#restarts.gaveUp ? 'failed' : 'exited');
    if (delay === undefined) return;
    this.#timer = setTimeout(() => {
      if (this.state === 'exited' && this.pid === undefined) this.spawn();
    }, delay);
  }

  #become(state: NodeState): void {
    this.state = state;
    for (const watcher of [...this.#watchers]) watcher();
  }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `was killed by ${signal}`;
  return code === 0 ? 'ended by itself' : `failed with exit code ${code}`;
}
