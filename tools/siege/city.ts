/** What is besieged: the sample game on two gates, two nets, two game nodes and an admin node, with stores of its own. */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { type Cluster, startCluster } from '../../test/helpers/cluster';
import { type Project, variantOf } from '../../test/helpers/project';
import { type Stores, startStores } from '../lib/stores';
import type { AdminAccess } from '../operator/adminport';
import type { Options } from './options';

const CONFIG = 'config.cluster.json';
/** Those that are killed, by kind. */
export const VICTIMS = { game: ['game1', 'game2'], dbfront: ['dbfront'], admin: ['admin'] } as const;
const ADMIN_PORT = 2012;
const ADMIN = {
  name: 'admin',
  webport: ADMIN_PORT,
  remoteport: [
    { rootname: 'gate1', rootport: 10000 },
    { rootname: 'gate2', rootport: 10001 },
  ],
  app: 'app.adminserver',
  db: true,
  mem: true,
  log: 'data/logs/admin.log',
};
/** A node may be restarted again and again. */
const SUPERVISE = { intensity: 10_000 };
const STOP_MS = 180_000;
const READY_MS = 120_000;

export class City implements AsyncDisposable {
  readonly cluster: Cluster;
  /** Of data, books and logs. */
  readonly folder: string;
  readonly admin: AdminAccess;
  readonly #stores: Stores;
  readonly #project: Project;

  private constructor(cluster: Cluster, folder: string, stores: Stores, project: Project, admin: AdminAccess) {
    this.admin = admin;
    this.cluster = cluster;
    this.folder = folder;
    this.#stores = stores;
    this.#project = project;
  }

  static async build({ stores: kind, bots }: Pick<Options, 'stores' | 'bots'>): Promise<City> {
    const folder = mkdtempSync(join(tmpdir(), 'firefly-siege-'));
    const stores = await startStores(kind, 'siege');
    const [token, secret] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
    const supervised = Object.fromEntries(Object.values(VICTIMS).flatMap((names) => names.map((name) => [name, { supervise: SUPERVISE }])));
    const project = variantOf(CONFIG, {
      master: { token },
      servers: { ...supervised, admin: { ...ADMIN, ...supervised.admin } },
      limits: { connectionsPerAddress: bots + 100 },
      game: { registrationsPerMinute: 1_000_000 },
    });
    project.configure(stores.config);
    try {
      const env = { GAME_RECHARGE_SECRET: secret };
      const cluster = await startCluster(project.path('config.json'), { dataDir: join(folder, 'data'), token, env });
      return new City(cluster, folder, stores, project, { port: cluster.port(ADMIN_PORT), token, secret });
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
