/**
 * One node as the master sees it: its process, its state, how it ended before, and whether it comes back.
 *
 * The process is one that this master started, or one that an earlier master left running and that has registered here. A node that somebody
 * started by hand has none: it is known by its link alone, and never killed or started again.
 */
import type { ClusterConfig, NodeConfig } from '../../config/config';
import { MAX_TIMER_MS } from '../../config/timers';
import type { Logger } from '../../log/log';
import type { NodeInfo } from '../../server/nodewire';
import { isRunning, isTraced, type ProcessId } from '../../server/process/processid';
import { readRunFile } from '../../server/process/runfile';
import type { LinkClosed } from '../../wire/link';
import type { GameSection } from '../reload/gamesection';
import { AdoptedProcess } from './adopted';
import { Contact } from './contact';
import { describeEnding } from './exitreason';
import { Restarts } from './restarts';
import { type ProcessEnd, type RunningProcess, SpawnedProcess } from './spawned';
import { Standby } from './standby';

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

const EXITS_KEPT = 10;
/** How long a process that was killed may take to be gone. */
const KILL_MS = 5_000;
const LOST = 'lost its link to the master';
const REPLACED = 'gave way to a newer process of its name';

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
  /** Told when the node is given up. */
  readonly gaveUp: (reason: string) => void;
}

export class NodeProcess {
  state: NodeState = 'exited';
  /** Of the process that runs now, started here or by hand. */
  pid: number | undefined;
  readonly exits: NodeExit[] = [];
  readonly #options: NodeProcessOptions;
  readonly #restarts: Restarts;
  /** Those that this master can end. More than one while an older process gives way to a newer one. */
  readonly #running = new Set<RunningProcess>();
  readonly #standby: Standby;
  readonly #contact: Contact;
  /** What it is at while it is not ready, as it says itself. */
  #step = '';
  #killedFor: string | undefined;
  /** It is the master's business that it runs. */
  #kept = false;
  /** Why the cluster is whole without it; undefined when it is not. */
  #unwanted: string | undefined;
  /** Somebody else starts it. */
  #byHand = false;
  #isTakenBack = false;
  /** What its next end is for, when somebody asked for it: the policy is not asked about that one. */
  #plan: 'restart' | 'away' | 'again' | undefined;
  /** A master started the process that runs now: this one, or one that is gone. */
  #byMaster = false;
  #ending = false;
  readonly #watchers = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: NodeProcessOptions) {
    this.#options = options;
    this.#contact = new Contact(options.cluster.limits);
    this.#restarts = new Restarts(options.node.supervise);
    this.#standby = new Standby(options.node, () => this.#newProcess());
  }

  get node(): NodeConfig {
    return this.#options.node;
  }

  /** How often the master started it again. */
  get restarts(): number {
    return this.#restarts.count;
  }

  /** Whether a process is running that this master can end: one it started, or one it took back. */
  get isOurs(): boolean {
    return this.#running.size > 0;
  }

  /** Whether a master started the process that runs now, so that its end is followed by another one. */
  get isByMaster(): boolean {
    return this.#byMaster;
  }

  /** Whether its turn in the stop of the cluster has come. */
  get isEnding(): boolean {
    return this.#ending;
  }

  /** Whether nothing will change soon by itself: it is ready, given up, or ended and not started again. */
  get isSettled(): boolean {
    return this.state === 'ready' || this.state === 'failed' || (this.state === 'exited' && this.#timer === undefined);
  }

  /** How long it has not answered though its process runs; undefined while it does. */
  get silentMs(): number | undefined {
    return this.#contact.silentMs;
  }

  /** Whether it is there for others: it has said so, and it can be reached. */
  get isThere(): boolean {
    return this.state === 'ready' && this.#contact.isLinked;
  }

  /** Why it need not be there, for a person: it was drained, say. Undefined when it is wanted. */
  get unwanted(): string | undefined {
    return this.#unwanted;
  }

  /** Whether it ended too often, and has not been ready since. */
  get isGivenUp(): boolean {
    return this.#restarts.gaveUp;
  }

  /** Why it is not there for others though it should be, for a person; undefined when all is well. */
  get trouble(): string | undefined {
    if (this.#unwanted !== undefined) return undefined;
    const last = this.exits.at(-1)?.reason;
    if (this.state === 'ready') return this.#contact.trouble;
    if (this.state === 'starting') return this.#step || 'starting';
    if (this.state === 'stopping') return 'stopping';
    if (last === undefined) return this.#byHand ? 'not there; it is started by hand' : 'not started yet';
    const next = !this.#timer ? '' : this.isGivenUp ? '; it is tried again now and then' : '; it is about to be started again';
    return `${this.state === 'failed' ? 'given up: it' : 'it'} ${last}${next}`;
  }

  /** Whether it is the master's business that it runs: it is not once it was drained. */
  get isKept(): boolean {
    return this.#kept;
  }

  /** Starts it now, unless it runs already, and keeps it running from here on as its policy says. One that is on its way out is started when it has gone. */
  start(): void {
    if (this.#ending) return;
    this.#kept = true;
    this.#isTakenBack = false;
    this.#unwanted = undefined;
    if (this.#restarts.gaveUp) this.#restarts.forget();
    this.#plan = this.state === 'stopping' ? 'again' : undefined;
    this.#cancelRestart();
    if (this.pid === undefined) this.#spawn();
  }

  /** Its next end is wanted: it is started again at once, or stays away until `start`. */
  plan(what: 'restart' | 'away' | undefined): void {
    if (what === 'away') this.letGo('it was drained');
    this.#plan = what;
    if (what !== 'away' || !this.isGivenUp) return;
    this.#restarts.forget();
    if (this.pid === undefined) this.#become('exited');
  }

  /** It should run, and somebody else starts it. */
  expect(): void {
    this.#byHand = true;
    this.#unwanted = undefined;
  }

  /** Waits for the process that an earlier master left running, if there is one; one that does not register in time is killed. */
  async takeBack(deadlineMs: number): Promise<void> {
    const { cluster, node, log } = this.#options;
    const found = readRunFile(cluster.dataDir, node.name);
    if (!found || this.pid !== undefined || this.#ending) return;
    log.info(`${node.name} runs already, process ${found.pid}; waiting for it to register`);
    if (!found.byMaster) {
      await this.waitFor((it) => it.#contact.isLinked || it.#ending || !isRunning(found), deadlineMs);
      return;
    }
    this.#isTakenBack = true;
    this.pid = found.pid;
    this.#byMaster = true;
    this.#step = 'it runs already and has not registered yet';
    this.#adopt(found);
    this.#become('starting');
    if (await this.waitFor((it) => it.#contact.isLinked || it.pid === undefined, deadlineMs)) return;
    this.#kill(`it did not register with this master within ${deadlineMs} ms`);
    await this.waitFor((it) => it.pid === undefined, KILL_MS);
  }

  /** The node has registered, here for the first time or again. */
  registered(info: NodeInfo): void {
    const { pid, born, byMaster, state } = info;
    const last = this.exits.at(-1);
    // It had not ended: only its link was cut.
    if (last?.pid === pid && last.reason === LOST) this.exits.pop();
    // Somebody has started by hand what was drained.
    if (!byMaster && this.pid === undefined && !this.#ending) this.#unwanted = undefined;
    this.pid = pid;
    this.#byMaster = byMaster;
    this.#contact.made(info.excuse);
    this.#step = info.step;
    if (byMaster && !this.#runs(pid) && isRunning({ pid, born })) this.#adopt({ pid, born });
    if (state === 'ready') this.ready(info);
    else if (this.#ending) this.#tell();
    else this.#become(state);
  }

  /** The node said that it is ready. */
  ready({ pid }: NodeInfo): void {
    this.pid = pid;
    this.#step = '';
    this.#restarts.ready();
    if (!this.#ending) this.#become('ready');
  }

  /** The node said what it is at. */
  isAt(step: string): void {
    this.#step = step;
  }

  /** The node said why it may be silent; the empty text ends that. */
  excused(excuse: string): void {
    this.#contact.excused(excuse);
  }

  /** Its link to the master has ended. What that means for a process of ours is told by its exit. */
  gone(pid: number, { code }: LinkClosed): void {
    if (pid !== this.pid) return;
    if (!this.#runs(pid)) {
      const reason = code === 'replaced' ? REPLACED : code === 'closed' ? 'stopped by itself' : LOST;
      this.#ended({ pid, code: null, signal: null, reason, lastLines: [] });
    } else {
      this.#contact.lost(code === 'dead');
      if (code === 'dead' && !this.#ending) this.#contact.watch((ms) => this.#hung(ms));
    }
    this.#tell();
  }

  /** Does not start it again, whatever happens. @param why for a person */
  letGo(why: string): void {
    this.#kept = false;
    this.#unwanted = why;
    this.#plan = undefined;
    this.#cancelRestart();
  }

  /** It is about to be stopped. */
  stopping(): void {
    this.letGo('the cluster stops');
    this.dismiss();
    this.#ending = true;
    this.#contact.rest();
    this.#become(this.pid === undefined ? 'exited' : 'stopping');
  }

  kill(signal: NodeJS.Signals): void {
    for (const process of this.#running) process.kill(signal);
  }

  /** Settles when `condition` holds, with true, or at the deadline, with false. */
  waitFor(condition: (self: this) => boolean, deadlineMs: number): Promise<boolean> {
    if (condition(this)) return Promise.resolve(true);
    return new Promise((resolve) => {
      const check = () => condition(this) && settle(true);
      const timer = setTimeout(() => settle(false), Math.min(deadlineMs, MAX_TIMER_MS));
      const settle = (value: boolean) => {
        clearTimeout(timer);
        this.#watchers.delete(check);
        resolve(value);
      };
      this.#watchers.add(check);
    });
  }

  /** See `Standby.prepare`. */
  prepare(): Promise<void> {
    return this.#standby.prepare();
  }

  /** The process that was prepared is not needed. */
  dismiss(): void {
    this.#standby.dismiss();
  }

  #newProcess(): SpawnedProcess {
    return new SpawnedProcess({ ...this.#options, name: this.node.name, ended: (process, end) => this.#processEnded(process, end) });
  }

  #spawn(): void {
    const process = this.#standby.take();
    process.go();
    this.#running.add(process);
    this.pid = process.pid;
    this.#byMaster = true;
    this.#contact.end();
    this.#step = '';
    this.#become('starting');
  }

  #adopt(id: ProcessId): void {
    this.#running.add(new AdoptedProcess(id, (process, end) => this.#processEnded(process, end)));
  }

  #runs(pid: number): boolean {
    return [...this.#running].some((process) => process.pid === pid);
  }

  #hung(ms: number): void {
    if (this.pid === undefined || isTraced(this.pid)) return;
    this.#kill(`it has been silent for more than ${ms} ms (limit hangMs) and stands still as a whole`);
  }

  /** Kills the process that has the name now. */
  #kill(why: string): void {
    this.#killedFor = why;
    this.#options.log.error(`${this.node.name}, process ${this.pid}, is killed: ${why}`);
    for (const process of this.#running) if (process.pid === this.pid) process.kill('SIGKILL');
  }

  #processEnded(process: RunningProcess, end: ProcessEnd): void {
    this.#standby.ended(process);
    // One that never had its turn was not the node.
    if (!this.#running.has(process)) return;
    this.#running.delete(process);
    const { pid = 0, lastLines } = process;
    this.#ended({ pid, code: end.code, signal: end.signal, reason: this.#reasonOf(process, end), lastLines });
  }

  #reasonOf(process: RunningProcess, end: ProcessEnd): string {
    const isCurrent = process.pid === this.pid;
    const killedFor = isCurrent ? this.#killedFor : undefined;
    const isUntold = process instanceof AdoptedProcess && !killedFor;
    const isWell = end.code === 0 || isUntold;
    if (isCurrent && isWell && this.#plan === 'away') return 'was drained';
    if (isCurrent && isWell && this.#plan === 'restart') return 'was restarted by the operator';
    const wasStopped = this.#ending || (isUntold && this.state === 'stopping');
    if (isUntold && !wasStopped) return 'ended; how is not known, since an earlier master started it';
    return describeEnding({ ...end, killedFor, wasStopped });
  }

  /** Keeps how a process ended, and decides what comes next. */
  #ended(exit: Omit<NodeExit, 'at'>): void {
    const isReplaced = this.pid !== undefined && this.pid !== exit.pid;
    const reason = isReplaced ? REPLACED : exit.reason;
    this.exits.push({ at: new Date().toISOString(), ...exit, reason });
    if (this.exits.length > EXITS_KEPT) this.exits.shift();
    if (isReplaced) {
      this.#options.log.warn(`${this.node.name}, process ${exit.pid}, ${reason}, ${this.pid}`);
      this.#tell();
      return;
    }
    this.pid = undefined;
    this.#killedFor = undefined;
    this.#contact.end();
    const plan = this.#plan;
    this.#plan = undefined;
    if (this.#ending || plan === 'away') this.#become('exited');
    else if (plan) this.#spawn();
    else this.#restart(exit.pid, reason, exit.code === 0);
  }

  /** Asks the policy. What somebody started by hand is left to them. */
  #restart(pid: number, reason: string, normal: boolean): void {
    const { node, log, mayGiveUp, gaveUp } = this.#options;
    const wasGivenUp = this.isGivenUp;
    const delay = this.#kept && this.#byMaster ? this.#restarts.next(normal, mayGiveUp) : undefined;
    // It is taken back before its turn to be started has come.
    if (!this.#kept && this.#isTakenBack) {
      this.#become('exited');
      return;
    }
    const who = pid === 0 ? node.name : `${node.name}, process ${pid},`;
    log.error(`${who} ${reason}; it is ${this.#whatNext(delay)}`);
    if (delay !== undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (this.pid === undefined) this.#spawn();
      }, delay);
    }
    // Its policy says that this was its end.
    if (delay === undefined && !this.isGivenUp && this.#byMaster && this.#kept && mayGiveUp)
      this.#unwanted = 'it ended, as its policy says';
    this.#become(this.isGivenUp ? 'failed' : 'exited');
    if (this.isGivenUp && !wasGivenUp) gaveUp(reason);
  }

  #whatNext(delay: number | undefined): string {
    const { node } = this.#options;
    if (!this.isGivenUp) return delay === undefined ? 'not started again' : `started again in ${delay} ms`;
    const given = `given up after ${node.supervise.intensity} restarts`;
    return delay === undefined ? `${given}; mend the cause and start it` : `${given} and tried again in ${delay} ms; mend the cause`;
  }

  #cancelRestart(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #become(state: NodeState): void {
    this.state = state;
    this.#tell();
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
