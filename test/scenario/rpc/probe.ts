/**
 * A real cluster whose nodes do what a test tells them: net, gate, game1 and game2, driven through a client's frames.
 *
 * An order names a target and how often it is called; its answer holds the outcome of every call, as the caller in that process saw it.
 */
import { connectClient, type GameClient, ZERO_HEADER } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { Project } from '../../helpers/project';

/** How one call ended. `turn` counts turns of the caller's event loop from the moment it called. */
export interface Outcome {
  readonly value?: unknown;
  readonly error?: string;
  readonly message?: string;
  readonly maybeExecuted?: boolean;
  readonly stack?: string;
  readonly turn: number;
}

export interface Order {
  /** The child that gate calls, or `net` for net itself; left out: net calls gate. */
  readonly child?: string;
  readonly target: string;
  readonly args?: readonly unknown[];
  readonly times?: number;
  /** In place of `args`: one text of that length, which may be larger than what a client can send. */
  readonly repeat?: number;
}

export interface ProbeOptions {
  readonly limits?: Record<string, number>;
  /** Further sections of the config. */
  readonly sections?: Record<string, unknown>;
  /** A folder that the caller made and removes. */
  readonly dataDir?: string;
}

const OUTCOMES = `
export interface Outcome { value?: unknown; error?: string; message?: string; maybeExecuted?: boolean; stack?: string; turn: number }
export async function outcomes(call: () => Promise<unknown>, times = 1): Promise<Outcome[]> {
  let turn = 0;
  let running = true;
  const tick = () => { turn++; if (running) setImmediate(tick); };
  setImmediate(tick);
  const all = await Promise.all(Array.from({ length: times }, () => call().then(
    (value) => ({ value, turn }),
    (error) => ({ error: error.name, message: error.message, maybeExecuted: error.maybeExecuted, stack: error.remoteStack, turn }),
  )));
  running = false;
  return all;
}
`;

const TARGETS = `
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
let running = 0;
const circular: unknown[] = [];
circular.push(circular);
const odd: Record<string, unknown> = {
  nothing: undefined,
  bare: Object.create(null),
  named: Object.assign(new Error('odd'), { name: 42, message: { gold: 1 }, stack: [] }),
  symbol: Symbol('odd'),
  huge: 2n ** 80n,
  circular,
};
export const targets = [
  function echo(value: unknown) { return value; },
  function never() { running++; return new Promise(() => {}); },
  function late(ms: number) { running++; return new Promise((resolve) => setTimeout(() => resolve(--running), ms)); },
  function underWay() { return running; },
  function fail(text: string) { throw new RangeError(text); },
  async function failLater(text: string) { await null; throw new TypeError(text); },
  function nothing() {},
  function bytes(count: number) { return 'x'.repeat(count); },
  function length(text: string) { return text.length; },
  function heap() { collect(); collect(); return process.memoryUsage().heapUsed; },
  function pid() { return process.pid; },
  async function throwOdd(what: string) { throw odd[what]; },
  async function returnOdd(what: string) { return { odd: odd[what] }; },
];
`;

export class Probe implements AsyncDisposable {
  #command = 1000;
  #player: GameClient;

  private constructor(
    readonly cluster: Cluster,
    readonly project: Project,
    player: GameClient,
  ) {
    this.#player = player;
  }

  static async start({ limits = {}, sections = {}, dataDir }: ProbeOptions = {}): Promise<Probe> {
    const project = probeProject({ limits, sections });
    try {
      const cluster = await startCluster(project.path('config.json'), dataDir === undefined ? {} : { dataDir });
      return new Probe(cluster, project, await connect(cluster));
    } catch (error) {
      project[Symbol.dispose]();
      throw error;
    }
  }

  /** Has the calls made and returns how each ended. */
  async calls(order: Order): Promise<Outcome[]> {
    // A number of its own: the client tells answers apart by it.
    const answer = await this.#player.request(++this.#command, order);
    return JSON.parse(answer.text) as Outcome[];
  }

  /** Has one call made. */
  async call(target: string, ...args: readonly unknown[]): Promise<Outcome> {
    return (await this.calls({ target, args }))[0] ?? { turn: -1 };
  }

  /** Kills net, and goes on with a new client at its successor. */
  async replaceNet(): Promise<void> {
    await this.#player.close();
    await this.cluster.kill('net');
    const served = async () => {
      const player = await connect(this.cluster).catch(() => undefined);
      // The sockets of a killed process may outlive it for a moment: they take a connection and break it.
      const answer = await player?.request(++this.#command, { target: 'echo', args: [1] }).catch(() => undefined);
      if (answer) return player;
      await player?.close();
      return undefined;
    };
    this.#player = await this.cluster.waitFor(served, 'answer of the new net', 30_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#player.close();
    await this.cluster[Symbol.asyncDispose]();
    this.project[Symbol.dispose]();
  }
}

function connect(cluster: Cluster): Promise<GameClient> {
  return connectClient({ port: cluster.port(10001), header: ZERO_HEADER, deadlineMs: 20_000 });
}

function probeProject({ limits, sections }: ProbeOptions): Project {
  const remoteport = [{ rootname: 'gate', rootport: 10000 }];
  return new Project({
    'config.json': JSON.stringify({
      master: { rootport: 9999, webport: 9998 },
      servers: {
        gate: { rootport: 10000, app: 'app.gate' },
        net: { netport: 10001, remoteport, app: 'app.net' },
        game1: { remoteport, app: 'app.game', restart: 'temporary' },
        game2: { remoteport, app: 'app.game' },
      },
      limits: { framesPerSecond: 100_000, redialMaxMs: 200, ...limits },
      ...sections,
    }),
    'app/outcomes.ts': OUTCOMES,
    'app/targets.ts': TARGETS,
    'app/net.ts': `
import { GlobalObject, netserviceHandle } from 'firefly-ts';
import { outcomes } from './outcomes';
import { targets } from './targets';
netserviceHandle('*', (_command: number, _conn: unknown, data: Buffer) => {
  const { child, target, repeat, times, args = repeat ? ['x'.repeat(repeat)] : [] } = JSON.parse(data.toString());
  const { gate } = GlobalObject().remote;
  if (!gate) throw new Error('no gate');
  if (child === undefined) return outcomes(() => gate.callRemote(target, ...args), times);
  const own = targets.find(({ name }) => name === target) as (...args: unknown[]) => unknown;
  if (child === 'net') return outcomes(async () => own(...args), times);
  return gate.call('toChild', [data], { timeoutMs: 15_000 }).catch((error) => [{ error: error.name, message: error.message, turn: -1 }]);
});
`,
    'app/gate.ts': `
import { GlobalObject, rootserviceHandle } from 'firefly-ts';
import { outcomes } from './outcomes';
import { targets } from './targets';
for (const target of targets) rootserviceHandle(target);
rootserviceHandle(function toChild(data: Buffer) {
  const { child, target, repeat, times, args = repeat ? ['x'.repeat(repeat)] : [] } = JSON.parse(data.toString());
  const root = GlobalObject().root as { callChild(...args: unknown[]): Promise<unknown> };
  return outcomes(() => root.callChild(child, target, ...args), times);
});
`,
    'app/game.ts': `
import { remoteserviceHandle } from 'firefly-ts';
import { targets } from './targets';
for (const target of targets) remoteserviceHandle('gate')(target);
`,
  });
}
