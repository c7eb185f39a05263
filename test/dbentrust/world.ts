/** A writer with its database and memcached, the nodes that talk to it, and switches for the faults a test needs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Packr } from 'msgpackr';
import type { DbConfig, Limits } from '../../src/config/config';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { MemClient } from '../../src/dbentrust/cache/memclient';
import { Committer } from '../../src/dbentrust/committer';
import { MAdmin, type MAdminOptions } from '../../src/dbentrust/face/madmin';
import type { Files } from '../../src/dbentrust/journal/files';
import type { DataAccess, DataPort, Row } from '../../src/dbentrust/port';
import { RowReader } from '../../src/dbentrust/reading/rowreader';
import { remotePort, servePort } from '../../src/dbentrust/remote';
import { openStore } from '../../src/dbentrust/sql/open';
import type { SqlExecutor, SqlStore } from '../../src/dbentrust/sql/store';
import { Writer } from '../../src/dbentrust/writer/writer';
import { NoSuchTarget, PeerDown, StoreDown } from '../../src/errors';
import { Metrics } from '../../src/metrics/metrics';
import { errorFromWire, errorToWire } from '../../src/wire/revive';
import { type FreshDatabase, silentLog } from '../helpers/services';

/** Tables of the tests; `$id` is the dialect's automatic id. */
const TABLES: Readonly<Record<string, string>> = {
  tb_register: `id $id, username VARCHAR(32) NOT NULL, password VARCHAR(128) NOT NULL DEFAULT '', UNIQUE (username)`,
  tb_item: `id $id, characterId INT NOT NULL DEFAULT 0, stack INT NOT NULL DEFAULT 1, coin BIGINT NOT NULL DEFAULT 0, name VARCHAR(32) NOT NULL DEFAULT '',
    note TEXT NULL, picture LONGBLOB NULL, price DECIMAL(10,2) NOT NULL DEFAULT 0.00, made DATETIME NULL, ratio DOUBLE NOT NULL DEFAULT 0`,
  tb_spot: `id $id, board INT NOT NULL, place INT NOT NULL, UNIQUE (board, place)`,
  tb_checked: `id $id, level INT NOT NULL DEFAULT 1, CHECK (level < 100)`,
  tb_word: `word VARCHAR(32) NOT NULL PRIMARY KEY, uses INT NOT NULL DEFAULT 0`,
  tb_one: `id $id`,
  tb_pair: `a INT NOT NULL, b INT NOT NULL, PRIMARY KEY (a, b)`,
  tb_bare: `a INT NOT NULL`,
  tb_log: `id $id, text VARCHAR(100) NOT NULL`,
};

const AUTO_ID = { mysql: 'INT NOT NULL AUTO_INCREMENT PRIMARY KEY', sqlite: 'INTEGER PRIMARY KEY AUTOINCREMENT' };
const SUFFIX = { mysql: ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin', sqlite: '' };

export interface WorldOptions {
  readonly limits?: Partial<Limits>;
  /** What the operator says of tables. */
  readonly durability?: DbConfig['durability'];
  /** `host:port` of a memcached; without it rows are not cached. */
  readonly memcached?: string;
  /** What lies between the journal and the disk. */
  readonly files?: Files;
  /** Told when a writer can acknowledge nothing any more. */
  readonly failed?: (error: Error) => void;
}

let hostnames = 0;

export class World {
  readonly hostname: string;
  readonly faults = new Faults();
  readonly #store: SqlStore;
  /** Where the journal is. */
  readonly folder = mkdtempSync(join(tmpdir(), 'firefly-journal-'));
  readonly #closers: (() => unknown)[] = [];
  readonly #options: WorldOptions;
  #writer: Writer | undefined;

  private constructor(store: SqlStore, options: WorldOptions) {
    this.hostname = `w${process.pid}_${++hostnames}`;
    this.#store = store;
    this.#options = options;
  }

  get writer(): Writer {
    return this.#writer ?? assert.fail('the writer is not there');
  }

  static async open(database: FreshDatabase, options: WorldOptions = {}): Promise<World> {
    const store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 20_000, log: silentLog() });
    const world = new World(store, options);
    await world.#openWriter();
    return world;
  }

  /** Makes one of the tests' tables; making a table takes a real database longer than a whole test without it. */
  async make(table: string): Promise<void> {
    const columns = TABLES[table]?.replace('$id', AUTO_ID[this.#store.dialect]);
    if (columns) await this.#store.query(`CREATE TABLE IF NOT EXISTS ${table} (${columns})${SUFFIX[this.#store.dialect]}`);
  }

  /** The database itself, past the writer. */
  get sql(): SqlStore {
    return this.#store;
  }

  async rows(table: string): Promise<Row[]> {
    return (await this.#store.query(`SELECT * FROM ${table} ORDER BY 1`)).rows;
  }

  client(): MemClient | undefined {
    const { memcached } = this.#options;
    if (memcached === undefined) return undefined;
    const client = MemClient.connect([memcached], { hostname: this.hostname, timeoutMs: 500, log: silentLog() });
    this.#closers.push(() => client.close());
    return client;
  }

  /** A node of its own: its port goes through msgpack and back, as over a link, and its cache client is its own. */
  node(): Node {
    const cache = this.client();
    const port = linked(() => this.#writer, this.faults);
    const metrics = new Metrics('node');
    const bound = this.#options.limits?.transactionRows ?? DEFAULT_LIMITS.transactionRows;
    const reader = new RowReader({ port, cache: () => cache, leaseMs: 1_000, log: silentLog(), metrics });
    this.#closers.push(() => reader.close());
    const committer = new Committer(port, bound, (changes, outcomes) => reader.wrote(changes, outcomes));
    return new Node(this, { port, committer, reader, cache, log: silentLog() }, metrics);
  }

  /** Ends this writer as a crash would, nothing flushed, and starts another. */
  async crash(): Promise<void> {
    const { writer } = this;
    this.#writer = undefined;
    this.faults.down = true;
    await writer.stop(0);
    this.faults.down = false;
    await this.#openWriter();
  }

  /** Starts another writer. Meanwhile the nodes' calls wait, as for a link. */
  async start(): Promise<void> {
    this.#writer = undefined;
    await this.#openWriter();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.faults.heal();
    await this.#writer?.stop();
    for (const close of this.#closers) await close();
    await this.#store.close();
    rmSync(this.folder, { recursive: true });
  }

  async #openWriter(): Promise<void> {
    const limits: Limits = { ...DEFAULT_LIMITS, flushIntervalMs: 3_600_000, ...this.#options.limits };
    const store = this.faults.wrap(this.#store);
    const { files, failed, durability } = this.#options;
    const journal = { folder: this.folder, ...(files ? { files } : {}) };
    const about = {
      log: silentLog(),
      metrics: new Metrics('dbfront'),
      ...(failed ? { failed } : {}),
      ...(durability ? { durability } : {}),
    };
    this.#writer = await Writer.open({ store, cache: this.client(), journal, limits, ...about });
  }
}

export class Node {
  constructor(
    readonly world: World,
    readonly access: DataAccess,
    readonly metrics: Metrics,
  ) {}

  get port(): DataPort {
    return this.access.port;
  }

  async admin(table: string, pk = 'id', options: MAdminOptions = {}): Promise<MAdmin> {
    await this.world.make(table);
    const admin = new MAdmin(() => this.access, table, pk, options);
    await admin.insert();
    return admin;
  }
}

/** Faults of the database, switched on and off by a test. The statements that get through run on the real one. */
export class Faults {
  /** Transactions are refused as if the database were gone. */
  down = false;
  /** Nothing reaches the database, reads neither. */
  away = false;
  /** The next answer to a call of that target is lost with the link. */
  readonly loseReplies = new Set<string>();
  /** The next transaction is committed and its answer lost. */
  loseAnswer = false;
  #hold: { reached: () => void; until: Promise<void> } | undefined;
  #holdAnswer: { reached: () => void; until: Promise<void> } | undefined;
  #release: () => void = () => {};

  /** Stops the next transaction before its commit. @returns a promise that resolves when it got there */
  holdCommit(): Promise<void> {
    return new Promise((reached) => {
      this.#hold = { reached, until: this.#released() };
    });
  }

  /** Keeps the answer to the next statement outside of transactions back. @returns a promise that resolves when the statement was run */
  holdAnswer(): Promise<void> {
    return new Promise((reached) => {
      this.#holdAnswer = { reached, until: this.#released() };
    });
  }

  /** Lets go on what was held. */
  release(): void {
    this.#release();
  }

  heal(): void {
    this.down = false;
    this.away = false;
    this.loseAnswer = false;
    this.#release();
  }

  #released(): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  wrap(store: SqlStore): SqlStore {
    const transaction = async <T>(body: (tx: SqlExecutor) => Promise<T>): Promise<T> => {
      if (this.down || this.away) throw new StoreDown('the test has cut the database off');
      const hold = this.#hold;
      this.#hold = undefined;
      const value = await store.transaction(async (tx) => {
        const result = await body(tx);
        hold?.reached();
        await hold?.until;
        return result;
      });
      if (!this.loseAnswer) return value;
      this.loseAnswer = false;
      throw new StoreDown('the answer to the commit was lost', { maybeExecuted: true });
    };
    const query = async (...args: Parameters<SqlStore['query']>): ReturnType<SqlStore['query']> => {
      if (this.away) throw new StoreDown('the test has cut the database off');
      const hold = this.#holdAnswer;
      this.#holdAnswer = undefined;
      const result = await store.query(...args);
      hold?.reached();
      await hold?.until;
      return result;
    };
    return new Proxy(store, {
      get(target, name) {
        if (name === 'transaction') return transaction;
        if (name === 'query') return query;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

const packr = new Packr({ useRecords: false });

/** What a link does to a call: arguments, results and errors cross as bytes. While there is no writer there is no link. */
function linked(writer: () => Writer | undefined, faults: Faults): DataPort {
  const whenUp = (ms: number) => until(async () => writer() !== undefined, ms);
  const call = async (target: string, args: unknown[]) => {
    const served = writer();
    if (!served) throw new PeerDown('dbfront', false);
    const handler = servePort(served)[target];
    if (!handler) throw new NoSuchTarget('dbfront', target);
    try {
      const answer = packr.pack(await handler(...(packr.unpack(packr.pack(args)) as unknown[])));
      if (faults.loseReplies.delete(target)) throw new PeerDown('dbfront', true);
      return packr.unpack(answer);
    } catch (error) {
      if (error instanceof PeerDown) throw error;
      throw errorFromWire('dbfront', packr.unpack(packr.pack(errorToWire(error))));
    }
  };
  return remotePort({ call, whenUp, deadlineMs: 10_000, bound: 65_536 });
}

/** Waits for a condition, and fails the test when it does not come. */
export async function until(condition: () => Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, `the condition did not come true within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
