/**
 * One node as the master sees it: its process, its state, how it ended before, and whether it comes back.
 *
 * A node that somebody started by hand has no process here; it is known by its link alone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ClusterConfig, NodeConfig } from '../config/config';
import { formatLine } from '../log/format';
import type { Logger } from '../log/log';
import { type Handover, STARTED_BY_MASTER } from '../server/handover';
import type { NodeInfo } from '../server/nodewire';
import type { GameSection } from './gamesection';
import { Restarts } from './restarts';

export type NodeState = 'starting' | 'ready' | 'stopping' | 'exited' | 'failed';

/** How a process ended. */
export interface NodeExit {
  readonly at: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  readonly reason: string;
  /** As a person reads them. */
  readonly lastLines: readonly string[];
}

const LAST_LINES = 20;
const EXITS_KEPT = 10;

export interface NodeProcessOptions {
  readonly cluster: ClusterConfig;
  readonly node: NodeConfig;
  readonly secret: string;
  /** Handed to each process with the config. */
  readonly game: GameSection;
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
  /** It is the master's business that it runs. */
  #kept = false;
  /** A master started the process that runs now: this one, or one that is gone. */
  #byMaster = false;
  #ending = false;
  /** What its next end is for, when somebody asked for it: the policy is not asked about that one. */
  #plan: 'restart' | 'away' | undefined;
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

  /** Whether a process that this master started is running. */
  get isOurs(): boolean {
    return this.#child !== undefined;
  }

  /** Whether a master started the process that runs now, so that its end is followed by another one. */
  get isByMaster(): boolean {
    return this.#byMaster;
  }

  /** Whether its turn in the stop of the cluster has come. */
  get isEnding(): boolean {
    return this.#ending;
  }

  /** Whether nothing will change by itself: it is ready, or ended and not started again. */
  get isSettled(): boolean {
    return this.state === 'ready' || this.state === 'failed' || (this.state === 'exited' && this.#timer === undefined);
  }

  /** Whether it is the master's business that it runs: it is not once it was drained. */
  get isKept(): boolean {
    return this.#kept;
  }

  /** Its next end is wanted: it is started again at once, or stays away until `start`. */
  plan(what: 'restart' | 'away' | undefined): void {
    this.#plan = what;
    if (what === 'away') this.letGo();
  }

  /** Starts it, unless it runs already, and keeps it running from here on as its policy says. */
  start(): void {
    if (this.#ending) return;
    this.#kept = true;
    if (this.pid === undefined && this.#timer === undefined) this.#spawn();
  }

  /** The node has registered, here for the first time or again. */
  registered(info: NodeInfo): void {
    this.pid = info.pid;
    this.#byMaster = info.byMaster;
    if (info.state === 'ready') this.ready(info);
    else if (!this.#ending) this.#become(info.state);
  }

  /** The node said that it is ready. */
  ready({ pid }: NodeInfo): void {
    this.pid = pid;
    this.#restarts.ready();
    if (!this.#ending) this.#become('ready');
  }

  /** Its link to the master has ended. What that means for a process of ours is told by its exit. */
  gone(): void {
    const { pid } = this;
    if (!this.isOurs && pid !== undefined) this.#ended({ pid, code: null, signal: null, reason: 'lost its link to the master' });
    this.#tell();
  }

  /** Does not start it again, whatever happens. */
  letGo(): void {
    this.#kept = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** It is about to be stopped. */
  stopping(): void {
    this.letGo();
    this.#ending = true;
    this.#become(this.pid === undefined ? 'exited' : 'stopping');
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

  #spawn(): void {
    const { cluster, node, secret, game, main, log } = this.#options;
    const child = spawn(process.execPath, [main, node.name, cluster.path], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C reaches the master alone, and the master decides the order.
      detached: true,
      // The master reads the nodes' lines, and makes them readable for people itself.
      env: { ...process.env, [STARTED_BY_MASTER]: '1', FIREFLY_LOG: 'json' },
    });
    this.#child = child;
    this.#lines = [];
    this.#byMaster = true;
    this.pid = child.pid;
    this.#become('starting');
    for (const output of [child.stdout, child.stderr])
      if (output) createInterface({ input: output }).on('line', (line) => this.#line(line));
    child.once('close', (code, signal) => this.#exited(child, code, signal));
    child.once('error', (error) => {
      log.error({ error }, `${node.name} cannot be started: ${error.message}`);
      if (child.pid === undefined) this.#exited(child, null, null);
    });
    if (child.pid === undefined) return;
    child.send({ config: { ...cluster, game: game.forStart() }, secret } satisfies Handover, (error) => {
      // A process that has ended already tells so itself.
      if (error) log.debug({ error }, `the config did not reach ${node.name}`);
    });
  }

  #line(line: string): void {
    this.#lines.push(formatLine(line));
    if (this.#lines.length > LAST_LINES) this.#lines.shift();
    this.#options.print(line);
  }

  #exited(child: ChildProcess, code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const stopped = this.#ending && signal === null;
    const planned = this.#plan === 'away' ? 'was drained' : this.#plan && 'was restarted by the operator';
    const reason = stopped ? 'stopped' : code === 0 && planned ? planned : describeExit(code, signal);
    this.#ended({ pid: child.pid ?? 0, code, signal, reason });
  }

  /** Keeps how a process ended, and decides what comes next. */
  #ended(exit: Omit<NodeExit, 'at' | 'lastLines'>): void {
    const isReplaced = this.pid !== undefined && this.pid !== exit.pid;
    const reason = isReplaced ? 'gave way to a newer process of its name' : exit.reason;
    this.exits.push({ at: new Date().toISOString(), ...exit, reason, lastLines: this.#lines });
    if (this.exits.length > EXITS_KEPT) this.exits.shift();
    this.#lines = [];
    if (isReplaced) {
      this.#options.log.warn(`${this.node.name}, process ${exit.pid}, ${reason}, ${this.pid}`);
      this.#tell();
      return;
    }
    this.pid = undefined;
    const plan = this.#plan;
    this.#plan = undefined;
    if (this.#ending || plan === 'away') this.#become('exited');
    else if (plan) this.#spawn();
    else this.#restart(exit.pid, reason, exit.code === 0);
  }

  /** Asks the policy. What somebody started by hand is left to them. */
  #restart(pid: number, reason: string, normal: boolean): void {
    const { node, log, mayGiveUp } = this.#options;
    const delay = this.#kept && this.#byMaster ? this.#restarts.next(normal, mayGiveUp) : undefined;
    const given = this.#restarts.gaveUp
      ? `given up after ${node.supervise.intensity} restarts; mend the cause and start it`
      : 'not started again';
    log.error(`${node.name}, process ${pid}, ${reason}; it is ${delay === undefined ? given : `started again in ${delay} ms`}`);
    if (delay !== undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (this.pid === undefined) this.#spawn();
      }, delay);
    }
    this.#become(this.#restarts.gaveUp ? 'failed' : 'exited');
  }

  #become(state: NodeState): void {
    this.state = state;
    this.#tell();
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `was killed by ${signal}`;
  if (code === null) return 'could not be started';
  return code === 0 ? 'ended by itself' : `failed with exit code ${code}`;
}
