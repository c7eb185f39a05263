/** A node's process that this master started: gets its config from here, and what it prints goes through here. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ClusterConfig } from '../../config/config';
import { formatLine } from '../../log/format';
import type { Logger } from '../../log/log';
import { GO, type Handover, STARTED_BY_MASTER } from '../../server/process/handover';
import { PRELOAD } from '../../server/process/preload';
import type { GameSection } from '../reload/gamesection';
import { LastWords, outOfMemoryKills } from './exitreason';

/** A process that this master can end. */
export interface RunningProcess {
  readonly pid: number | undefined;
  /** As a person reads them, the newest last. */
  readonly lastLines: readonly string[];
  kill(signal: NodeJS.Signals): void;
}

/** How a process ended; nulls when that cannot be told. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastWords?: string | undefined;
  readonly outOfMemory?: boolean;
}

export interface SpawnOptions {
  readonly name: string;
  readonly cluster: ClusterConfig;
  readonly game: GameSection;
  readonly secret: string;
  /** The script that runs a node. */
  readonly main: string;
  readonly log: Logger;
  /** Gets each line that the node prints. */
  readonly print: (line: string) => void;
  /** Told once. */
  readonly ended: (process: RunningProcess, end: ProcessEnd) => void;
}

const LAST_LINES = 20;
/** How long the last lines of a process that has ended are waited for: a child of its own may hold its output for ever. */
const LAST_LINES_MS = 1_000;

export class SpawnedProcess implements RunningProcess {
  readonly lastLines: string[] = [];
  readonly #child: ChildProcess;
  readonly #kills = outOfMemoryKills();
  /** Settles when its code is loaded and it waits for its turn. */
  readonly loaded: Promise<void>;
  /** Settles when it has ended. */
  readonly over: Promise<ProcessEnd>;
  #tellOver: (end: ProcessEnd) => void = () => {};
  readonly #lastWords = new LastWords();
  /** Why there is no process at all. */
  #failure: string | undefined;
  #isGiven = false;
  #isEnded = false;

  constructor(readonly options: SpawnOptions) {
    const { name, cluster, main, log } = options;
    const stores = name === cluster.writer && cluster.db ? { [PRELOAD]: cluster.db.engine } : {};
    const child = spawn(process.execPath, [main, name, cluster.path], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C reaches the master alone, and the master decides the order.
      detached: true,
      // The master reads the nodes' lines, and makes them readable for people itself.
      env: { ...process.env, [STARTED_BY_MASTER]: '1', FIREFLY_LOG: 'json', ...stores },
    });
    this.#child = child;
    this.over = new Promise((resolve) => {
      this.#tellOver = resolve;
    });
    this.loaded = new Promise((resolve) => {
      child.once('message', () => resolve());
    });
    for (const output of [child.stdout, child.stderr])
      if (output) createInterface({ input: output }).on('line', (line) => this.#line(line));
    child.once('exit', (code, signal) => {
      const timer = setTimeout(() => this.#ended(code, signal), LAST_LINES_MS);
      child.once('close', () => {
        clearTimeout(timer);
        this.#ended(code, signal);
      });
    });
    child.on('error', (error) => {
      if (child.pid !== undefined) {
        log.error({ error }, `${name}, process ${child.pid}: ${error.message}`);
        return;
      }
      this.#failure = error.message;
      // Not in the turn of the constructor: nobody knows this process yet.
      setImmediate(() => this.#ended(null, null));
    });
  }

  /** Gives it its config: it loads its code. Once. */
  load(): void {
    const { cluster, game, secret } = this.options;
    if (!this.#isGiven) this.#send({ config: { ...cluster, game: game.forStart() }, secret } satisfies Handover);
    this.#isGiven = true;
  }

  /** It becomes the node, as soon as its code is loaded. */
  go(): void {
    this.load();
    this.#send(GO);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #send(message: Handover | typeof GO): void {
    const { name, log } = this.options;
    if (this.#child.pid === undefined) return;
    this.#child.send(message, (error) => {
      // A process that has ended already tells so itself.
      if (error) log.debug({ error }, `what it needs did not reach ${name}`);
    });
  }

  #line(line: string): void {
    this.#lastWords.hear(line);
    this.lastLines.push(formatLine(line));
    if (this.lastLines.length > LAST_LINES) this.lastLines.shift();
    this.options.print(line);
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const end = { code, signal, lastWords: this.#failure ?? this.#lastWords.of(code), outOfMemory: outOfMemoryKills() > this.#kills };
    this.#tellOver(end);
    this.options.ended(this, end);
  }
}
