/**
 * The SQL text of one managed table, made once and then used again and again.
 *
 * Statements come in a few fixed numbers of rows, so that a database that prepares statements keeps a handful a table.
 */
import { quoteName } from './sql/identifier';
import type { Row, SqlStore, SqlValue } from './sql/store';
import type { ManagedTable } from './table';

/** What one statement carries, a single row excepted; a quarter of what the smallest server in use takes. */
const MAX_BYTES = 1024 * 1024;
/** SQLite takes 32,766 parameters in a statement, MySQL 65,535. */
const MAX_PARAMETERS = 32_000;

export class TableSql {
  readonly #columns: readonly string[];
  readonly #table: string;
  readonly #pk: string;
  readonly #pkName: string;
  readonly #texts = new Map<string, string>();
  readonly #sizes: readonly number[];
  readonly #most: number;

  /** @param rows most rows in a statement */
  constructor(
    table: ManagedTable,
    readonly dialect: SqlStore['dialect'],
    rows: number,
  ) {
    this.#columns = [...table.columns.keys()];
    this.#table = quoteName(table.name);
    this.#pkName = table.pk.name;
    this.#pk = quoteName(table.pk.name);
    this.#most = Math.max(1, Math.min(rows, Math.floor(MAX_PARAMETERS / this.#columns.length)));
    this.#sizes = [...new Set([this.#most, Math.max(1, Math.floor(this.#most / 10)), 1])];
  }

  /** Cuts a list into the numbers of rows that statements exist for. @param bytesOf what an item takes in the statement */
  *batches<T>(items: readonly T[], bytesOf: (item: T) => number = () => 0): Generator<readonly T[]> {
    for (let at = 0; at < items.length; ) {
      let fits = 0;
      for (let bytes = 0; at + fits < items.length && fits < this.#most; fits++) {
        bytes += bytesOf(items[at + fits] as T);
        if (bytes > MAX_BYTES && fits > 0) break;
      }
      const size = this.#sizes.find((candidate) => candidate <= fits) ?? 1;
      yield items.slice(at, at + size);
      at += size;
    }
  }

  get table(): string {
    return this.#table;
  }

  select(count: number): string {
    return this.#text(`select ${count}`, () => `SELECT * FROM ${this.#table} WHERE ${this.#pk} IN (${marks(count)})`);
  }

  delete(count: number): string {
    return this.#text(`delete ${count}`, () => `DELETE FROM ${this.#table} WHERE ${this.#pk} IN (${marks(count)})`);
  }

  insert(count: number): string {
    return this.#text(`insert ${count}`, () => {
      const row = `(${marks(this.#columns.length)})`;
      return `INSERT INTO ${this.#table} (${this.#columns.map((name) => quoteName(name)).join(', ')}) VALUES ${Array(count).fill(row).join(', ')}`;
    });
  }

  /** Inserts or overwrites. Only for a table whose primary key is its sole unique key: MySQL overwrites whichever row is in the way. */
  upsert(count: number): string {
    return this.#text(`upsert ${count}`, () => {
      const others = this.#others();
      const set = others.length > 0 ? others : [this.#pkName];
      return this.dialect === 'mysql'
        ? `${this.insert(count)} ON DUPLICATE KEY UPDATE ${set.map((name) => `${quoteName(name)} = VALUES(${quoteName(name)})`).join(', ')}`
        : `${this.insert(count)} ON CONFLICT (${this.#pk}) DO UPDATE SET ${set.map((name) => `${quoteName(name)} = excluded.${quoteName(name)}`).join(', ')}`;
    });
  }

  update(): string {
    return this.#text('update', () => {
      const set = this.#others().map((name) => `${quoteName(name)} = ?`);
      return `UPDATE ${this.#table} SET ${set.join(', ')} WHERE ${this.#pk} = ?`;
    });
  }

  /** Parameters of `insert` and `upsert` for one row. */
  values(row: Row): SqlValue[] {
    return this.#columns.map((name) => row[name] ?? null);
  }

  /** Parameters of `update`. */
  updateValues(row: Row): SqlValue[] {
    return [...this.#others().map((name) => row[name] ?? null), row[this.#pkName] ?? null];
  }

  #others(): string[] {
    return this.#columns.filter((name) => name !== this.#pkName);
  }

  #text(key: string, make: () => string): string {
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const text = make();
    this.#texts.set(key, text);
    return text;
  }
}

function marks(count: number): string {
  return Array(count).fill('?').join(', ');
}
