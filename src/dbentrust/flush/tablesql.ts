/**
 * The SQL text of one managed table, made once and then used again and again.
 *
 * Statements come in a few fixed numbers of rows, so that a database that prepares statements keeps a handful a table.
 */
import { quoteName } from '../sql/identifier';
import type { Row, SqlStore, SqlValue } from '../sql/store';
import type { ManagedTable } from '../writer/table';

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
  readonly #updates: readonly number[];

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
    this.#sizes = tenths(this.#most);
    // A text of the statement and one of the table may have collations that MySQL does not compare.
    this.#updates = dialect === 'mysql' && table.pk.type !== 'int' ? [1] : this.#sizes;
  }

  /** Cuts a list into the numbers of rows that statements exist for. @param bytesOf what an item takes in the statement */
  batches<T>(items: readonly T[], bytesOf: (item: T) => number = () => 0): Generator<readonly T[]> {
    return this.#batches(items, this.#sizes, bytesOf);
  }

  /** The same for `update`. */
  updateBatches<T>(items: readonly T[], bytesOf: (item: T) => number): Generator<readonly T[]> {
    return this.#batches(items, this.#updates, bytesOf);
  }

  *#batches<T>(items: readonly T[], sizes: readonly number[], bytesOf: (item: T) => number): Generator<readonly T[]> {
    for (let at = 0; at < items.length; ) {
      let fits = 0;
      for (let bytes = 0; at + fits < items.length && fits < this.#most; fits++) {
        bytes += bytesOf(items[at + fits] as T);
        if (bytes > MAX_BYTES && fits > 0) break;
      }
      const size = sizes.find((candidate) => candidate <= fits) ?? 1;
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

  /** The rows as they are now, for a transaction that writes them next. */
  selectToWrite(count: number): string {
    return this.dialect === 'mysql' ? this.#text(`lock ${count}`, () => `${this.select(count)} FOR UPDATE`) : this.select(count);
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

  /** Changes rows by their primary key. Affects fewer rows than it was given when some are not there. */
  update(count: number): string {
    return this.#text(`update ${count}`, () => {
      if (count === 1)
        return `UPDATE ${this.#table} SET ${this.#others()
          .map((name) => `${quoteName(name)} = ?`)
          .join(', ')} WHERE ${this.#pk} = ?`;
      const names = this.#columns.map((name) => quoteName(name));
      if (this.dialect === 'sqlite') {
        const from = `(VALUES ${Array(count)
          .fill(`(${marks(names.length)})`)
          .join(', ')})`;
        const set = this.#others().map((name) => `${quoteName(name)} = v.column${this.#columns.indexOf(name) + 1}`);
        return `UPDATE ${this.#table} SET ${set.join(', ')} FROM ${from} AS v WHERE ${this.#table}.${this.#pk} = v.column${this.#columns.indexOf(this.#pkName) + 1}`;
      }
      const first = `SELECT ${names.map((name) => `? AS ${name}`).join(', ')}`;
      const next = ` UNION ALL SELECT ${marks(names.length)}`;
      const set = this.#others().map((name) => `t.${quoteName(name)} = v.${quoteName(name)}`);
      return `UPDATE ${this.#table} AS t JOIN (${first}${next.repeat(count - 1)}) AS v ON t.${this.#pk} = v.${this.#pk} SET ${set.join(', ')}`;
    });
  }

  /** Parameters of `update`. */
  updateValues(rows: readonly Row[]): SqlValue[] {
    const [row] = rows;
    if (row === undefined || rows.length > 1) return rows.flatMap((each) => this.values(each));
    return [...this.#others().map((name) => row[name] ?? null), row[this.#pkName] ?? null];
  }

  /** Parameters of `insert` and `upsert` for one row. */
  values(row: Row): SqlValue[] {
    return this.#columns.map((name) => row[name] ?? null);
  }

  /** Whether the table has more than its primary key. */
  get hasOthers(): boolean {
    return this.#columns.length > 1;
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

/** 500, 50, 5, 1: whatever the number of rows, few statements and few texts of them. */
function tenths(most: number): number[] {
  const sizes: number[] = [];
  for (let size = most; size > 1; size = Math.floor(size / 10)) sizes.push(size);
  return [...sizes, 1];
}

function marks(count: number): string {
  return Array(count).fill('?').join(', ');
}
