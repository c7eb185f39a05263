/**
 * A cluster with players on it, restarted node by node while they play, and the books afterwards: nothing may be lost.
 *
 * The books are closed as an operator stops a cluster; then each acknowledged change must be in the database, once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Operation } from '../../src/master/operations/operations';
import { type Cluster, startCluster } from '../../test/helpers/cluster';
import { type Project, variantOf } from '../../test/helpers/project';
import { inDbfront, type Places } from '../lib/stores';
import { Player } from './player';
import { Tally } from './tally';

export interface RunOptions {
  /** Relative to the project's root. */
  readonly config: string;
  /** Where it keeps its data, whatever the config says; in dbfront when left out. */
  readonly stores?: Places;
  readonly clients: number;
  /** At least so many requests; the restarts go on until they are answered. */
  readonly requests: number;
  /** All requests of all players, a second. */
  readonly perSecond: number;
  /** Restarts of every node at least. */
  readonly rounds: number;
  /** What is done again and again; every node but the net nodes is restarted, one after the other, when left out. */
  readonly work?: (run: Run) => Promise<void>;
  readonly limits?: Readonly<Record<string, number>>;
  readonly say?: (line: string) => void;
}

export interface Outcome {
  readonly tally: Tally;
  readonly restarts: number;
  readonly seconds: number;
  /** What the database holds other than what was acknowledged. */
  readonly wrong: readonly string[];
}

const DATABASE = 'darkworld';
const FIRST_COINS = 10_000;
const OPERATION_MS = 180_000;
const STOP_MS = 120_000;
/** Logins that are under way at once: each costs a hash. */
const LOGINS = 8;
/** The last answers and pushes. */
const LAST_MS = 10_000;

export class Run implements AsyncDisposable {
  readonly tally = new Tally();
  restarts = 0;
  readonly cluster: Cluster;
  readonly players: Player[] = [];
  readonly #options: RunOptions & { readonly stores: Places };
  readonly #project: Project;
  readonly #dataDir: string;
  #isPlaying = true;

  private constructor(options: RunOptions & { readonly stores: Places }, project: Project, dataDir: string, cluster: Cluster) {
    this.#options = options;
    this.#project = project;
    this.#dataDir = dataDir;
    this.cluster = cluster;
  }

  static async start(options: RunOptions): Promise<Run> {
    const dataDir = mkdtempSync(join(tmpdir(), 'firefly-rolling-'));
    const { stores = inDbfront(DATABASE) } = options;
    const project = variantOf(options.config, {
      servers: appsOf(options.config),
      ...stores.config,
      limits: { connectionsPerAddress: options.clients + 100, ...options.limits },
      game: { registrationsPerMinute: 1_000_000 },
    });
    project.link('rolling', join(__dirname, 'game'));
    try {
      return new Run({ ...options, stores }, project, dataDir, await startCluster(project.path('config.json'), { dataDir }));
    } catch (error) {
      project[Symbol.dispose]();
      rmSync(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Nodes that clients do not connect to, in the order of the config. */
  get inner(): string[] {
    return Object.entries(this.#servers()).flatMap(([name, { netport }]) => (netport === undefined ? [name] : []));
  }

  async play(): Promise<Outcome> {
    const { clients, requests, rounds, work = restartInner, say = () => {} } = this.#options;
    const ports = Object.values(this.#servers()).flatMap(({ netport }) => (netport === undefined ? [] : [this.cluster.port(netport)]));
    await logInAll(clients, async (at) => {
      const player = await Player.connect(ports[at % ports.length] as number, `roller${at}`, this.tally);
      await player.enter();
      this.players.push(player);
    });
    say(`${clients} clients are in the game`);
    const began = performance.now();
    const playing = this.#playAll();
    for (let round = 0; round < rounds || this.tally.sent < requests; round++) {
      await work(this);
      say(
        `${this.tally.sent} requests, ${this.restarts} restarts, ${this.tally.lost - this.#underWay()} lost, slowest ${Math.round(this.tally.slowestMs)} ms`,
      );
    }
    this.#isPlaying = false;
    await playing;
    const seconds = (performance.now() - began) / 1000;
    for (const end = performance.now() + LAST_MS; this.tally.pushesReceived < this.tally.pushesAsked && performance.now() < end; )
      await delay(20);
    for (const player of this.players) player.rest();
    const wrong = await this.#books();
    return { tally: this.tally, restarts: this.restarts, seconds, wrong };
  }

  /** Restarts a node, or `all`. @throws Error with its lines when the operation fails */
  async restart(node: string): Promise<Operation> {
    const operation = await this.operate(`/restart?node=${node}`);
    this.restarts += operation.done;
    return operation;
  }

  /** Begins an operation and waits for its end. */
  async operate(path: string): Promise<Operation> {
    const begun = await this.cluster.post(path);
    if (begun.status !== 202) throw new Error(`POST ${path}: ${begun.status} ${begun.text}`);
    const end = performance.now() + OPERATION_MS;
    for (;;) {
      const operation = (await this.cluster.get('/operation')).json() as Operation;
      if (operation.state === 'done') return operation;
      if (operation.state === 'failed' || performance.now() > end)
        throw new Error(`POST ${path}: ${operation.step}\n${operation.lines.join('\n')}`);
      await delay(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isPlaying = false;
    await Promise.all(this.players.map((player) => player.leave()));
    await this.cluster[Symbol.asyncDispose]();
    this.#project[Symbol.dispose]();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  #servers(): Record<string, { netport?: number }> {
    return this.#project.config().servers as Record<string, { netport?: number }>;
  }

  #underWay(): number {
    return this.tally.sent - this.tally.answered;
  }

  /** Every player sends at its pace, whether the one before is answered or not. */
  async #playAll(): Promise<void> {
    const { perSecond } = this.#options;
    const under = new Set<Promise<void>>();
    const began = performance.now();
    for (let sent = 0; this.#isPlaying; ) {
      for (const due = ((performance.now() - began) / 1000) * perSecond; sent < due; sent++) {
        const request = this.players[sent % this.players.length]?.request();
        if (!request) continue;
        under.add(request);
        void request.finally(() => under.delete(request));
      }
      await delay(5);
    }
    await Promise.all(under);
  }

  /** Ends the cluster and looks what is in its database. */
  async #books(): Promise<string[]> {
    await this.cluster.stop(STOP_MS);
    const store = await this.#options.stores.open(this.#dataDir);
    try {
      const { rows } = await store.query('SELECT id, coin, gold FROM tb_character');
      const found = new Map(rows.map(({ id, coin, gold }) => [Number(id), { coin: Number(coin) - FIRST_COINS, gold: Number(gold) }]));
      return this.players.flatMap(({ characterId, earned, gained }) => {
        const { coin, gold } = found.get(characterId) ?? { coin: -1, gold: -1 };
        return coin === earned && gold === gained
          ? []
          : [`character ${characterId}: ${earned} coins and ${gained} gold were acknowledged, ${coin} and ${gold} are in the database`];
      });
    } finally {
      await store.close();
    }
  }
}

async function restartInner(run: Run): Promise<void> {
  for (const node of run.inner) await run.restart(node);
}

/** The sample's nodes with the run's commands. */
function appsOf(config: string): Record<string, { app: string }> {
  const names = config.includes('cluster') ? ['gate1', 'gate2', 'game1', 'game2'] : ['gate', 'game1'];
  return Object.fromEntries(names.map((name) => [name, { app: name.startsWith('gate') ? 'rolling.gate' : 'rolling.game' }]));
}

async function logInAll(count: number, logIn: (at: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await logIn(next++);
  };
  await Promise.all(Array.from({ length: LOGINS }, worker));
}
