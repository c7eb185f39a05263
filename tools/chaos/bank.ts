/**
 * The bank under test: its stores, its cluster with three game nodes that move money, and the folder where they write down what they did.
 *
 * It is opened, somebody makes trouble, it is closed as an operator stops a cluster; then what the database holds is compared with the ledgers (checks.ts).
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { type Cluster, startCluster } from '../../test/helpers/cluster';
import type { Stores } from '../lib/stores';
import { waitFor } from '../lib/wait';
import { type Figures, readFigures } from './books';
import type { Settings } from './game/app/settings';

const ROOT = resolve(__dirname, '../..');
export const GAMES = ['game1', 'game2', 'game3'] as const;
export const ACCOUNTS = 300;
export const BALANCE = 10_000;
/** A call may wait for a dbfront that is restarted on a busy machine. */
const RPC_DEADLINE_MS = 30_000;
const READY_MS = 120_000;
/** The last flush of a stop may have much to write. */
const STOP_MS = 120_000;

export interface BankOptions {
  readonly limits?: Readonly<Record<string, number>>;
  /** Of the nodes, such as FIREFLY_FAULT. */
  readonly env?: NodeJS.ProcessEnv;
  /** Makes something of the cluster's data folder before the cluster starts. @returns what undoes it */
  readonly prepare?: (dataDir: string) => () => void;
}

export class Bank implements AsyncDisposable {
  readonly stores: Stores;
  readonly cluster: Cluster;
  /** Of ledgers, gauges and logs. */
  readonly folder: string;
  readonly #undo: () => void;
  #ended: Promise<void> | undefined;

  private constructor(stores: Stores, cluster: Cluster, folder: string, undo: () => void) {
    this.stores = stores;
    this.cluster = cluster;
    this.folder = folder;
    this.#undo = undo;
  }

  /** @param stores are the caller's to end */
  static async open(stores: Stores, { limits = {}, env = {}, prepare }: BankOptions = {}): Promise<Bank> {
    const folder = mkdtempSync(join(tmpdir(), 'firefly-chaos-'));
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    const undo = prepare?.(dataDir) ?? (() => {});
    try {
      const cluster = await startCluster(writeProject(folder, stores, limits), { env, dataDir, ready: [] });
      const bank = new Bank(stores, cluster, folder, undo);
      await bank.whenReady().catch(async (error: unknown) => {
        await bank[Symbol.asyncDispose]();
        throw error;
      });
      return bank;
    } catch (error) {
      undo();
      throw error;
    }
  }

  get figures(): Figures {
    return readFigures(this.folder);
  }

  get dataDir(): string {
    return this.cluster.dataDir;
  }

  whenReady(deadlineMs = READY_MS): Promise<void> {
    return this.cluster.whenReady(['dbfront', 'gate', ...GAMES], deadlineMs);
  }

  /** @throws Error when the master is gone, and with it everything that could be waited for */
  assertRuns(): void {
    const { exit } = this.cluster;
    if (exit !== undefined) throw new Error(`the cluster has ended: ${exit}`);
  }

  /** Waits until that many more transfers are acknowledged. @throws Error at the deadline */
  async whenMoved(more: number, deadlineMs: number): Promise<void> {
    const before = this.figures.acknowledged;
    const hasMoved = () => {
      this.assertRuns();
      return this.figures.acknowledged >= before + more;
    };
    await waitFor(hasMoved, `progress: ${more} more transfers than ${before}`, deadlineMs);
  }

  /** No further transfers begin; those under way end. */
  async calm(): Promise<void> {
    writeFileSync(join(this.folder, 'stop'), '');
    await waitFor(
      () => this.figures.inFlight === 0,
      () => `end of ${this.figures.inFlight} transfers`,
      2 * RPC_DEADLINE_MS,
    );
  }

  /** Stops the cluster in order. @returns the master's exit code */
  async close(): Promise<number | NodeJS.Signals> {
    return this.cluster.stop(STOP_MS);
  }

  database(): Promise<SqlStore> {
    return this.stores.open(this.dataDir);
  }

  /** Kills what runs. Ledgers and data stay for whoever wants to look. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    writeFileSync(join(this.folder, 'cluster.log'), `${this.cluster.lines.join('\n')}\n`);
    await this.cluster[Symbol.asyncDispose]();
    this.#undo();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
    if (existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @returns the config's path */
function writeProject(folder: string, stores: Stores, limits: Readonly<Record<string, number>>): string {
  const project = join(folder, 'project');
  mkdirSync(join(project, 'node_modules'), { recursive: true });
  symlinkSync(ROOT, join(project, 'node_modules/firefly-ts'));
  symlinkSync(join(__dirname, 'game/app'), join(project, 'app'));
  const leaseMs = 1_000;
  const game: Settings = { folder, accounts: ACCOUNTS, balance: BALANCE, movers: 8, pauseMs: 40, readers: 2, leaseMs };
  const supervise = { intensity: 1_000 };
  const player = { remoteport: [{ rootname: 'gate', rootport: 10000 }], db: true, mem: true, app: 'app.game', supervise };
  const config = {
    master: { rootport: 9999, webport: 9998 },
    servers: {
      dbfront: { db: true, mem: true, app: 'app.dbfront', supervise },
      gate: { rootport: 10000, app: 'app.gate' },
      ...Object.fromEntries(GAMES.map((name) => [name, { name, ...player }])),
    },
    ...stores.config,
    supervise: { readyMs: 60_000, shutdownMs: 60_000 },
    limits: { redialMaxMs: 500, heartbeatMs: 1_000, deadAfterMs: 3_000, rpcDeadlineMs: RPC_DEADLINE_MS, cacheLeaseMs: leaseMs, ...limits },
    game,
  };
  const path = join(project, 'config.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
}
