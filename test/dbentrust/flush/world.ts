/** A flusher with its fence and quarantine on a real database, and rows that a test changes as the writer would. */
import pino from 'pino';
import { Fence } from '../../../src/dbentrust/flush/applied';
import { Flusher } from '../../../src/dbentrust/flush/flusher';
import type { Cut, FlushSource } from '../../../src/dbentrust/flush/flushsource';
import { type FrozenRow, Quarantine } from '../../../src/dbentrust/flush/quarantine';
import type { PkValue, Row } from '../../../src/dbentrust/port';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore } from '../../../src/dbentrust/sql/store';
import { createIdTable } from '../../../src/dbentrust/writer/ids';
import { ManagedTable, type RowState } from '../../../src/dbentrust/writer/table';
import type { Replaced } from '../../../src/errors';
import type { Logger } from '../../../src/log/log';
import { Metrics } from '../../../src/metrics/metrics';
import type { FreshDatabase } from '../../helpers/services';
import { TransactionFaults } from './faults';

// Not the helpers' one: a child process that loads those reports to a test runner.
const SILENT = pino({ level: 'silent' });

const AUTO_ID = { mysql: 'INT NOT NULL PRIMARY KEY', sqlite: 'INTEGER NOT NULL PRIMARY KEY' };
const SUFFIX = { mysql: ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin', sqlite: '' };

/** Tables of the tests; `$id` is the dialect's integer key. */
const TABLES: Readonly<Record<string, string>> = {
  plain: '$id, name VARCHAR(32) NOT NULL, coin BIGINT NOT NULL DEFAULT 0',
  named: '$id, name VARCHAR(32) NOT NULL, coin BIGINT NOT NULL DEFAULT 0, UNIQUE (name)',
  checked: '$id, level INT NOT NULL DEFAULT 1, CHECK (level < 100)',
  parent: '$id, name VARCHAR(32) NOT NULL',
  child: '$id, parent INT NOT NULL, level INT NOT NULL DEFAULT 1, CHECK (level < 100), FOREIGN KEY (parent) REFERENCES parent (id)',
  wide: `$id, mark VARCHAR(32) NOT NULL, big BIGINT NOT NULL, huge BIGINT UNSIGNED NULL, small TINYINT NULL, price DECIMAL(12,3) NULL, ratio DOUBLE NULL,
    made DATETIME NULL, born DATE NULL, doc JSON NULL, note TEXT NULL, picture BLOB NULL, UNIQUE (mark)`,
};

export interface FlushWorldOptions {
  readonly epoch?: number;
  readonly uuid?: string;
  readonly intervalMs?: number;
  readonly rows?: number;
  readonly sqlMs?: number;
  readonly log?: Logger;
  readonly tables?: readonly string[];
}

/** Rows in memory with a position, as the writer keeps them; its journal is always on the disk. */
export class FlushWorld implements FlushSource {
  readonly faults = new TransactionFaults();
  tables = new Map<string, ManagedTable>();
  readonly frozen = new Map<RowState, string>();
  readonly thawings: (readonly [string, string])[] = [];
  readonly metrics = new Metrics('dbfront');
  readonly quarantine = new Quarantine();
  readonly flusher: Flusher;
  readonly fence: Fence;
  position = 0;
  applied = 0;
  failures = 0;
  replaced: Replaced | undefined;
  ids = new Map<string, number>();
  durable: (position: number) => Promise<void> = async () => undefined;
  #groups: RowState[][] = [];

  private constructor(
    readonly sql: SqlStore,
    options: FlushWorldOptions,
  ) {
    const store = this.faults.wrap(sql);
    const log = options.log ?? SILENT;
    this.fence = new Fence(store, log);
    this.flusher = new Flusher({
      store,
      fence: this.fence,
      quarantine: this.quarantine,
      source: this,
      tables: this.tables,
      intervalMs: options.intervalMs ?? 3_600_000,
      rows: options.rows ?? 100,
      log,
      metrics: this.metrics,
      dirty: () => this.dirty,
      applied: (position) => {
        this.applied = position;
      },
      replaced: (error) => {
        this.replaced = error;
      },
    });
  }

  static async open(database: FreshDatabase, options: FlushWorldOptions = {}): Promise<FlushWorld> {
    const sql = await openStore(database.config, { dataDir: database.dataDir, sqlMs: options.sqlMs ?? 20_000, log: SILENT });
    const world = new FlushWorld(sql, options);
    try {
      await world.#start(options);
      return world;
    } catch (error) {
      await sql.close();
      throw error;
    }
  }

  async #start({ uuid = 'the-journal', epoch = 1, tables = [] }: FlushWorldOptions): Promise<void> {
    await createIdTable(this.sql);
    await this.fence.open();
    const { position } = await this.fence.takeOver({ uuid, epoch });
    this.position = position;
    await this.quarantine.open(this.sql);
    for (const table of tables) await this.make(table);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.faults.release();
    this.flusher.stop();
    await this.sql.close();
  }

  /** Makes one of the tests' tables and takes it under care. */
  async make(name: string): Promise<ManagedTable> {
    const columns = TABLES[name]?.replace('$id', `id ${AUTO_ID[this.sql.dialect]}`);
    if (!(await this.sql.describe(name))) await this.sql.query(`CREATE TABLE ${name} (${columns})${SUFFIX[this.sql.dialect]}`);
    const info = await this.sql.describe(name);
    if (!info) throw new Error(`no table ${name}`);
    const table = new ManagedTable({ table: name, pk: 'id' }, info);
    this.tables.set(name, table);
    return table;
  }

  /** One acknowledged change: the row as it is from now on, null to delete it. */
  put(name: string, pk: PkValue, now: Row | null): RowState {
    const table = this.table(name);
    const key = String(pk);
    const row = table.rows.get(key) ?? { table, pk, key, now: null, stored: null, version: 0, dirty: false };
    this.position += 1;
    table.apply(row, now, this.position);
    return row;
  }

  /** Changes that are one group. */
  together(...rows: RowState[]): void {
    this.#groups.push(rows);
  }

  table(name: string): ManagedTable {
    const table = this.tables.get(name);
    if (!table) throw new Error(`table ${name} was not made`);
    return table;
  }

  get dirty(): number {
    let dirty = 0;
    for (const table of this.tables.values()) dirty += table.dirty.size;
    return dirty;
  }

  async rows(table: string): Promise<Row[]> {
    return (await this.sql.query(`SELECT * FROM ${table} ORDER BY 1`)).rows;
  }

  async appliedInSql(): Promise<number> {
    return Number((await this.sql.query('SELECT position FROM firefly_applied')).rows[0]?.position);
  }

  take(): Cut | undefined {
    const images = [...this.tables.values()].flatMap(({ dirty }) => [...dirty].map((row) => ({ row, now: row.now, version: row.version })));
    if (images.length === 0 && this.ids.size === 0) return undefined;
    const cut: Cut = { position: this.position, images, groups: this.#groups, ids: this.ids };
    this.#groups = [];
    this.ids = new Map();
    return cut;
  }

  committed({ images }: Cut, frozen: ReadonlyMap<RowState, string>): void {
    for (const [row, reason] of frozen) this.frozen.set(row, reason);
    for (const { row, version } of images) if (row.version === version) row.table.clean(row);
  }

  failed({ groups, ids }: Cut): void {
    this.failures += 1;
    this.#groups = [...groups.map((group) => [...group]), ...this.#groups];
    this.ids = new Map([...ids, ...this.ids]);
  }

  thawed(rows: readonly FrozenRow[], how: 'written' | 'dropped'): void {
    for (const { table, pk } of rows) {
      this.thawings.push([`${table} ${pk}`, how]);
      const row = this.tables.get(table)?.rows.get(String(pk));
      if (row) this.frozen.delete(row);
    }
  }
}
