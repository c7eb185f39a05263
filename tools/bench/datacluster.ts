/** What the data rows measure: dbfront and one game node, on a MariaDB and a memcached of their own. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Cluster, startCluster } from '../../test/helpers/cluster';
import { type Project, variantOf } from '../../test/helpers/project';
import { connectClient, ZERO_HEADER } from '../lib/gameclient';
import type { Service } from '../lib/serverprocess';
import { type DatabaseService, startMariaDb, startMemcached } from '../services';
import { coinsOf, TABLE } from './datatable';
import type { Memory } from './memory';
import { processTime, writeCalls } from './processtime';
import type { Workshop } from './workshop';

const GAME_PORT = 10_001;
const DBFRONT_PORT = 10_002;
const DATABASE = 'bench';
const DEADLINE_MS = 180_000;
const MEMORY = 401;

/** What the game node of `test/fixtures/bench` is asked. */
export const COMMANDS = { update: 500, flush: 501, read: 502, make: 503 } as const;

export interface Cost {
  /** Microseconds of processor time an operation, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  readonly writes: Readonly<Record<string, number>>;
}

export class DataCluster implements AsyncDisposable {
  readonly #services: readonly Service[];
  readonly #project: Project;
  readonly #env: NodeJS.ProcessEnv;
  readonly sql: Connection;
  #cluster: Cluster;

  private constructor(
    readonly database: DatabaseService,
    memcached: Service,
    project: Project,
    env: NodeJS.ProcessEnv,
    cluster: Cluster,
    sql: Connection,
  ) {
    this.#services = [database, memcached];
    this.#project = project;
    this.#env = env;
    this.#cluster = cluster;
    this.sql = sql;
  }

  /** Has one stand on the side of firefly. @param limits other than the defaults */
  static hold(workshop: Workshop, limits: Readonly<Record<string, number>> = {}, env: NodeJS.ProcessEnv = {}): Promise<DataCluster> {
    return workshop.hold('firefly', `data ${JSON.stringify(limits)}`, () => DataCluster.#start(limits, env));
  }

  static async #start(limits: Readonly<Record<string, number>>, env: NodeJS.ProcessEnv): Promise<DataCluster> {
    const [database, memcached] = await Promise.all([startMariaDb({ memory: 'usual' }), startMemcached()]);
    const { host, port, user, password } = database;
    const project = variantOf('test/fixtures/bench/data.json', {
      db: { host, port, user, passwd: password },
      memcached: { urls: [`${memcached.host}:${memcached.port}`] },
      limits,
    });
    let cluster: Cluster | undefined;
    try {
      cluster = await startCluster(project.path('config.json'), { env, dataDir: project.path('data') });
      const sql = await createConnection({ host, port, user, password, database: DATABASE });
      return new DataCluster(database, memcached, project, env, cluster, sql);
    } catch (error) {
      await cluster?.[Symbol.asyncDispose]();
      await Promise.all([database.stop(), memcached.stop()]);
      project[Symbol.dispose]();
      throw error;
    }
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  /** Ends the processes of the cluster and starts others, on the same stores. */
  async restart(): Promise<void> {
    await this.#cluster.stop();
    await this.#cluster[Symbol.asyncDispose]();
    this.#cluster = await startCluster(this.#project.path('config.json'), { env: this.#env, dataDir: this.#cluster.dataDir });
  }

  /** Has the game node do something. */
  async game<T>(command: number, request: unknown): Promise<T> {
    await using client = await connectClient({ port: this.#cluster.port(GAME_PORT), header: ZERO_HEADER, deadlineMs: DEADLINE_MS });
    return JSON.parse((await client.request(command, request)).text) as T;
  }

  /** Of dbfront. */
  async memory(): Promise<Memory> {
    await using client = await connectClient({ port: this.#cluster.port(DBFRONT_PORT), header: ZERO_HEADER, deadlineMs: DEADLINE_MS });
    return JSON.parse((await client.request(MEMORY)).text) as Memory;
  }

  /**
   * Compares what was acknowledged with what SQL holds.
   *
   * @param exp of rows 0 and up
   * @param how `flushed`: it must be there now
   * @throws Error when a row has another
   */
  async checkInSql(exp: readonly number[], how: 'flushed' | 'flush' = 'flush'): Promise<void> {
    if (how === 'flush') await this.game(COMMANDS.flush, { rows: 0, exp: 0 });
    const [found] = await this.sql.query<RowDataPacket[]>(`SELECT id, exp, coin FROM ${TABLE} WHERE id < ? ORDER BY id`, [exp.length]);
    if (found.length !== exp.length) throw new Error(`SQL has ${found.length} rows and not ${exp.length}`);
    for (const [id, wanted] of exp.entries()) {
      const row = found[id];
      if (row?.id !== id || row.exp !== wanted || row.coin !== coinsOf(wanted))
        throw new Error(`row ${id} was acknowledged with exp ${wanted}, and SQL has ${JSON.stringify(row)}`);
    }
  }

  /** Begins to count what both nodes cost. @returns ends it; given the number of operations */
  async meter(): Promise<(operations: number) => Cost> {
    const { nodes } = await this.#cluster.status();
    const read = () => Object.entries(nodes).map(([name, { pid = 0 }]) => [name, processTime(pid), writeCalls(pid)] as const);
    const before = read();
    return (operations) => {
      const after = read();
      const each = (column: 1 | 2) =>
        Object.fromEntries(after.map((now, at) => [now[0], (now[column] - (before[at]?.[column] ?? 0)) / operations]));
      return { cpu: each(1), writes: each(2) };
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.sql.destroy();
    await this.#cluster[Symbol.asyncDispose]();
    await Promise.all(this.#services.map((service) => service.stop()));
    this.#project[Symbol.dispose]();
  }
}
