/** What is besieged: the sample game on two gates, two nets and two game nodes, with stores of its own. */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { type Cluster, startCluster } from '../../test/helpers/cluster';
import { type Project, variantOf } from '../../test/helpers/project';
import { type Stores, startStores } from '../lib/stores';
import type { Options } from './options';

const CONFIG = 'config.cluster.json';
/** Those that are killed, by kind. */
export const VICTIMS = { game: ['game1', 'game2'], dbfront: ['dbfront'] } as const;
/** A node may be restarted again and again. */
const SUPERVISE = { intensity: 10_000 };
const STOP_MS = 180_000;
const READY_MS = 120_000;

export class City implements AsyncDisposable {
  readonly cluster: Cluster;
  /** Of data, books and logs. */
  readonly folder: string;
  readonly #stores: Stores;
  readonly #project: Project;

  private constructor(cluster: Cluster, folder: string, stores: Stores, project: Project) {
    this.cluster = cluster;
    this.folder = folder;
    this.#stores = stores;
    this.#project = project;
  }

  static async build({ stores: kind, bots }: Pick<Options, 'stores' | 'bots'>): Promise<City> {
    const folder = mkdtempSync(join(tmpdir(), 'firefly-siege-'));
    const stores = await startStores(kind, 'siege');
    const project = variantOf(CONFIG, {
      servers: Object.fromEntries(Object.values(VICTIMS).flatMap((names) => names.map((name) => [name, { supervise: SUPERVISE }]))),
      limits: { connectionsPerAddress: bots + 100 },
      game: { registrationsPerMinute: 1_000_000 },
    });
    project.configure(stores.config);
    try {
      const cluster = await startCluster(project.path('config.json'), { dataDir: join(folder, 'data') });
      return new City(cluster, folder, stores, project);
    } catch (error) {
      project[Symbol.dispose]();
      await stores[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where bots connect, before the offset of the cluster's ports. */
  get ports(): number[] {
    const servers = Object.values(this.#project.config().servers as Record<string, { readonly netport?: number }>);
    return servers.flatMap(({ netport }) => netport ?? []);
  }

  async whenReady(): Promise<void> {
    await this.cluster.whenReady(Object.keys(this.#project.config().servers as object), READY_MS);
  }

  /** Stops it as an operator does. @returns the master's exit code */
  async stop(): Promise<number | NodeJS.Signals> {
    return this.cluster.stop(STOP_MS);
  }

  /** Looks into the database of the cluster, which was stopped. */
  database(): Promise<SqlStore> {
    return this.#stores.open(this.cluster.dataDir);
  }

  /** Ends what runs, and puts the logs beside the data. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster[Symbol.asyncDispose]();
    const logs = this.#project.path('data/logs');
    if (existsSync(logs)) cpSync(logs, join(this.folder, 'logs'), { recursive: true });
    this.#project[Symbol.dispose]();
    await this.#stores[Symbol.asyncDispose]();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
