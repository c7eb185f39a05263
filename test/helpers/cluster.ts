/**
 * A real cluster for a test: `node startmaster.js` with its own ports and its own data folder, ended with all its nodes afterwards.
 *
 *   await using cluster = await startCluster('config.json');
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parse } from 'jsonc-parser';
import { isAlive, killAll, processesWith } from '../../tools/lib/processes';
import { waitFor } from '../../tools/lib/wait';
import { type HttpAnswer, http } from './http';
import { type ClaimedPorts, claimPorts } from './ports';

const ROOT = resolve(__dirname, '../..');
const START_MS = 60_000;
const STOP_MS = 60_000;
/** Of the output, the newest. */
const KEPT_LINES = 20_000;
/** Of those, at the end of a tool. */
const SHOWN_WARNINGS = 40;
/** What clusters of the project usually listen on, beside what the config names. */
const USUAL_PORTS = [2012, 9998, 9999, 10000, 10001, 10002, 11009];

export interface NodeStatus {
  readonly state: 'starting' | 'ready' | 'not answering' | 'stopping' | 'exited' | 'failed';
  readonly pid?: number;
  readonly restarts: number;
  readonly codeVersion?: string;
  readonly uptimeMs?: number;
  readonly memoryRss?: number;
  readonly children?: readonly string[];
  readonly roots?: readonly string[];
}

export interface ClusterStatus {
  readonly cluster: { readonly version: string; readonly startedAt: string; readonly operation?: unknown };
  readonly nodes: Readonly<Record<string, NodeStatus>>;
}

export interface ClusterOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Nodes that must be ready before it counts as started; all of the config when left out. */
  readonly ready?: readonly string[];
  /** Further arguments of startmaster. */
  readonly args?: readonly string[];
  /** A folder that the caller made and removes; a fresh one when left out. Two clusters one after the other may share it. */
  readonly dataDir?: string;
  /** The config's `master.token`, with which the master's web port is asked. */
  readonly token?: string;
}

/** Starts a cluster and waits until its nodes are ready. @throws Error with its last output when it does not start */
export async function startCluster(configPath: string, options: ClusterOptions = {}): Promise<Cluster> {
  const config = readConfig(resolve(ROOT, configPath));
  const ports = await claimPorts([...new Set([...USUAL_PORTS, ...config.ports])]);
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'firefly-cluster-')));
  const cluster = new Cluster(resolve(ROOT, configPath), config.webPort, ports, dataDir, options);
  try {
    await cluster.whenReady(options.ready ?? config.nodes);
    return cluster;
  } catch (error) {
    await cluster[Symbol.asyncDispose]();
    throw error;
  }
}

export class Cluster implements AsyncDisposable {
  /** Everything the master wrote, line by line, also what its nodes wrote through it. */
  readonly lines: string[] = [];
  readonly #ports: ClaimedPorts;
  readonly #webPort: number;
  readonly #ownsData: boolean;
  readonly #master: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #authorization: Record<string, string>;

  /** Use `startCluster`. */
  constructor(
    configPath: string,
    webPort: number,
    ports: ClaimedPorts,
    readonly dataDir: string,
    options: ClusterOptions,
  ) {
    this.#ports = ports;
    this.#webPort = webPort;
    this.#authorization = options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` };
    this.#ownsData = options.dataDir === undefined;
    this.#master = spawn(process.execPath, ['startmaster.js', '--config', configPath, ...(options.args ?? [])], {
      cwd: ROOT,
      env: { ...process.env, ...this.environment, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#master, 'exit').then(() => undefined);
    for (const stream of [this.#master.stdout, this.#master.stderr]) if (stream) this.#keep(stream);
  }

  get offset(): number {
    return this.#ports.offset;
  }

  /** What a process needs in its environment to belong to this cluster, such as a node that a test starts by hand. */
  get environment(): { FIREFLY_PORT_OFFSET: string; FIREFLY_DATA_DIR: string } {
    return { FIREFLY_PORT_OFFSET: String(this.#ports.offset), FIREFLY_DATA_DIR: this.dataDir };
  }

  /** The master's process id. */
  get pid(): number {
    return this.#master.pid ?? 0;
  }

  /** How the master ended: its exit code or the signal; undefined while it runs. */
  get exit(): number | NodeJS.Signals | undefined {
    return this.#master.exitCode ?? this.#master.signalCode ?? undefined;
  }

  /** The port that a port of the config became. */
  port(base: number): number {
    return base + this.#ports.offset;
  }

  /** Asks the master's web port. */
  get(path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return http({ port: this.port(this.#webPort), path, headers: { ...this.#authorization, ...headers }, deadlineMs: 30_000 });
  }

  /** Tells the master's web port to do something. */
  post(path: string, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return http({
      port: this.port(this.#webPort),
      path,
      method: 'POST',
      headers: { ...this.#authorization, ...headers },
      deadlineMs: 30_000,
    });
  }

  async status(): Promise<ClusterStatus> {
    return (await this.get('/status')).json() as ClusterStatus;
  }

  /** Sends a signal to a node's process; after SIGKILL it waits until the process is gone. Returns its process id. */
  async kill(node: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<number> {
    const { nodes } = await this.status();
    const pid = nodes[node]?.pid;
    if (!pid) throw new Error(`node ${node} has no process to kill; /status has ${JSON.stringify(nodes)}`);
    process.kill(pid, signal);
    if (signal === 'SIGKILL') await waitFor(() => !isAlive(pid), `end of ${node}, process ${pid}`);
    return pid;
  }

  /** What it has warned of last, and worse, as a tool shows it when something went wrong: its folder may be gone when somebody looks. */
  get lastWarnings(): string {
    const warnings = this.lines.filter((line) => /^\S+ \S+ (?:WARN|ERROR|FATAL) /.test(line));
    return `the last warnings of the cluster:\n${warnings.slice(-SHOWN_WARNINGS).join('\n')}\n`;
  }

  /** The first line that matches, of those that came or of those to come. */
  waitForLine(pattern: RegExp, deadlineMs?: number): Promise<string> {
    return this.waitFor(() => this.lines.find((line) => pattern.test(line)), `line ${pattern}`, deadlineMs);
  }

  /** Waits until the condition returns something truthy. @throws Error at the deadline, with the cluster's last output */
  waitFor<T>(condition: () => T | Promise<T>, what = 'such state', deadlineMs?: number): Promise<NonNullable<T>> {
    return waitFor(condition, () => `${what}. ${this.#lastWords()}`, deadlineMs);
  }

  /** Waits until the master's web port shows each of these nodes ready. */
  async whenReady(nodes: readonly string[], deadlineMs = START_MS): Promise<void> {
    let seen: ClusterStatus | undefined;
    const isReady = async () => {
      if (this.exit !== undefined) throw new Error(`the master exited with ${this.exit}. ${this.#lastWords()}`);
      // While it starts nobody may listen yet.
      seen = await this.status().catch(() => seen);
      const failed = nodes.find((node) => seen?.nodes[node]?.state === 'failed');
      if (failed) throw new Error(`node ${failed} failed. ${this.#lastWords()}`);
      return seen !== undefined && nodes.every((node) => seen?.nodes[node]?.state === 'ready');
    };
    await waitFor(
      isReady,
      () => `cluster with ${nodes.join(', ')} ready; /status: ${JSON.stringify(seen)}. ${this.#lastWords()}`,
      deadlineMs,
    );
  }

  /** Stops the cluster as an operator does, waits for its end, and returns the master's exit code or signal. */
  async stop(deadlineMs = STOP_MS): Promise<number | NodeJS.Signals> {
    await this.get('/stop');
    return this.whenExited(deadlineMs);
  }

  /** Waits for the master's end and returns its exit code or signal. */
  whenExited(deadlineMs = STOP_MS): Promise<number | NodeJS.Signals> {
    // An exit code of 0 is an answer too.
    return this.waitFor(() => (this.exit === undefined ? undefined : { exit: this.exit }), 'end of the master', deadlineMs).then(
      ({ exit }) => exit,
    );
  }

  /** Process ids of everything of this cluster that runs: the master, its nodes, and nodes that outlived it. */
  processes(): number[] {
    return processesWith('FIREFLY_DATA_DIR', this.dataDir);
  }

  /** Kills what is left of it and removes its data. */
  async [Symbol.asyncDispose](): Promise<void> {
    // The master first, so that it restarts nothing.
    this.#master.kill('SIGKILL');
    await this.#exited;
    await killAll(() => this.processes());
    await this.#ports[Symbol.asyncDispose]();
    if (this.#ownsData) await rm(this.dataDir, { recursive: true, force: true });
  }

  #keep(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.lines.push(line);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
    });
  }

  #lastWords(): string {
    return `Its last output:\n${this.lines.slice(-40).join('\n')}`;
  }
}

interface ConfigFacts {
  readonly ports: number[];
  readonly nodes: string[];
  readonly webPort: number;
}

/** Only what is needed before the cluster runs: this must not fail on a config whose refusal is what a test is about. */
function readConfig(path: string): ConfigFacts {
  const config = parse(readFileSync(path, 'utf8')) as
    | { master?: Record<string, unknown>; servers?: Record<string, Record<string, unknown>> }
    | undefined;
  const sections = [config?.master ?? {}, ...Object.values(config?.servers ?? {})];
  const ports = sections.flatMap((section) => ['rootport', 'webport', 'netport', 'wsport'].map((key) => section[key]));
  const webPort = config?.master?.webport;
  return {
    ports: ports.filter((port): port is number => typeof port === 'number' && port > 0),
    nodes: Object.entries(config?.servers ?? {}).map(([key, section]) => (typeof section.name === 'string' ? section.name : key)),
    webPort: typeof webPort === 'number' ? webPort : 9998,
  };
}
