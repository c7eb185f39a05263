/**
 * Blocks of ids, granted once and never again.
 *
 * A block lies above everything the column has held: what was granted, AUTO_INCREMENT, the largest value in SQL and those not flushed yet. It is in the journal before it is granted; holes are allowed.
 * The flush keeps the last id of each table in `firefly_ids`, so that ids go on where a journal was lost.
 */
import { RowRefused, StoreDown } from '../../errors';
import type { IdBlock } from '../port';
import { quoteName } from '../sql/identifier';
import type { SqlStore } from '../sql/store';
import { KeyedLock } from './keyedlock';
import type { ManagedTable } from './table';

const CREATE = {
  mysql: `CREATE TABLE IF NOT EXISTS firefly_ids (
    name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, next_id BIGINT NOT NULL) ENGINE=InnoDB`,
  sqlite: 'CREATE TABLE IF NOT EXISTS firefly_ids (name TEXT NOT NULL PRIMARY KEY, next_id BIGINT NOT NULL)',
};

/** Most ids in a block. */
export const MAX_BLOCK = 100_000;
/** Requests that may wait. */
const UNDER_WAY = 4_096;

export async function createIdTable(store: SqlStore): Promise<void> {
  if (!(await store.describe('firefly_ids'))) await store.query(CREATE[store.dialect]);
}

export interface IdBlocksOptions {
  readonly store: SqlStore;
  /** The last id granted, by table. */
  readonly granted: ReadonlyMap<string, number>;
  /** Settles when it is durable that ids up to `last` are granted. */
  readonly grant: (table: string, last: number) => Promise<void>;
}

export class IdBlocks {
  readonly #options: IdBlocksOptions;
  readonly #locks = new KeyedLock('blocks of ids', UNDER_WAY);
  /** Tables of which SQL has told what it holds: from then on only this writer adds to them, and knows what it granted. */
  readonly #asked = new WeakSet<ManagedTable>();

  constructor(options: IdBlocksOptions) {
    this.#options = options;
  }

  /** While the database is away blocks go on above those granted before. @throws RowRefused when the column's range is used up, RangeError, StoreDown where there were none */
  take(table: ManagedTable, count: number): Promise<IdBlock> {
    if (!Number.isInteger(count) || count < 1 || count > MAX_BLOCK)
      throw new RangeError(`${table.name}: a block has 1 to ${MAX_BLOCK} ids, not ${count}`);
    const column = table.incrkey ?? table.pk;
    if (column.type !== 'int') throw new RowRefused(table.name, null, column.name, `${column.sqlType} takes no automatic ids`);
    const highest = column.max === undefined || column.max > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(column.max);
    return this.#locks.run([table.name], async () => {
      const inSql = await this.#firstAboveSql(table).catch((error: unknown) => {
        if (error instanceof StoreDown && this.#asked.has(table)) return 1;
        throw error;
      });
      this.#asked.add(table);
      // What was inserted or granted while SQL was asked counts too.
      const first = Math.max(inSql, table.topId + 1, (this.#options.granted.get(table.name) ?? 0) + 1);
      const last = first + count - 1;
      if (last > highest) throw new RowRefused(table.name, null, column.name, `no ids are left below ${highest}`);
      await this.#options.grant(table.name, last);
      if (column === table.pk) table.unusedIds.add(first, count);
      return { first, count };
    });
  }

  async #firstAboveSql(table: ManagedTable): Promise<number> {
    const { store } = this.#options;
    const { rows } = await store.query('SELECT next_id FROM firefly_ids WHERE name = ?', [table.name]);
    let first = Math.max(Number(rows[0]?.next_id ?? 1), await this.#autoIncrement(table.name));
    for (const { name } of table.idColumns) {
      const { rows: tops } = await store.query(`SELECT MAX(${quoteName(name)}) AS top FROM ${quoteName(table.name)}`);
      first = Math.max(first, Number(tops[0]?.top ?? 0) + 1);
    }
    return first;
  }

  /** The next value the database itself would give; 0 where it counts none. */
  async #autoIncrement(table: string): Promise<number> {
    const { store } = this.#options;
    if (store.dialect === 'mysql') {
      // information_schema would be simpler, but MySQL 8 answers from statistics that may be a day old.
      const { rows } = await store.query(`SHOW CREATE TABLE ${quoteName(table)}`);
      return Number(/^\).*?\bAUTO_INCREMENT=(\d+)/m.exec(String(rows[0]?.['Create Table'] ?? ''))?.[1] ?? 0);
    }
    const { rows: counted } = await store.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sqlite_sequence'");
    if (counted.length === 0) return 0;
    const { rows } = await store.query('SELECT seq FROM sqlite_sequence WHERE name = ?', [table]);
    return rows[0] ? Number(rows[0].seq) + 1 : 0;
  }
}
