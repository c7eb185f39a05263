/**
 * What the writer asks SQL, laid over with what SQL does not know yet.
 *
 * A statement and the dirty rows are two views of one table; when a flush moves rows from one to the other in between, the statement is run again.
 */
import { RowRefused } from '../../errors';
import type { Flusher } from '../flush/flusher';
import type { PkValue } from '../port';
import { quoteName } from '../sql/identifier';
import type { ColumnInfo, Row, SqlStore, SqlValue } from '../sql/store';
import { RowQueue } from './rowqueue';
import type { ManagedTable, RowState, UniqueValue } from './table';

export class RowReads {
  readonly #store: SqlStore;
  readonly #flusher: Flusher;
  readonly #queues = new Map<ManagedTable, RowQueue>();

  constructor(store: SqlStore, flusher: Flusher) {
    this.#store = store;
    this.#flusher = flusher;
  }

  /** Rows that are not in memory, by primary key as text. The caller holds their locks. */
  select(table: ManagedTable, pks: readonly PkValue[]): Promise<ReadonlyMap<string, Row>> {
    let queue = this.#queues.get(table);
    if (!queue) {
      queue = new RowQueue(this.#store, this.#flusher.textsOf(table), table.pk.name);
      this.#queues.set(table, queue);
    }
    return queue.select(pks);
  }

  /** Primary keys of the rows with that foreign key, ascending. */
  async pksByFk(table: ManagedTable, fk: { column: ColumnInfo; value: SqlValue }): Promise<PkValue[]> {
    const texts = this.#flusher.textsOf(table);
    const sql = `SELECT ${quoteName(table.pk.name)} AS pk FROM ${texts.table} WHERE ${quoteName(fk.column.name)} = ?`;
    return this.#overlaid(sql, [fk.value], (rows) => {
      const pks = new Map<string, PkValue>();
      for (const { pk } of rows) if (!table.rows.get(String(pk))?.dirty) pks.set(String(pk), table.pkOf(pk));
      for (const row of table.fkRows(fk.value)) pks.set(row.key, row.pk);
      return [...pks.values()].sort(ascending);
    });
  }

  /** @param next what the rows of the change become: one of them may give the value up @throws RowRefused when another row has the value, in SQL or unflushed */
  async checkFree(row: RowState, { key, form, values }: UniqueValue, next: ReadonlyMap<RowState, Row | null>): Promise<void> {
    const { table } = row;
    const texts = this.#flusher.textsOf(table);
    const where = key.columns.map(({ name }) => `${quoteName(name)} = ?`).join(' AND ');
    const sql = `SELECT ${quoteName(table.pk.name)} AS pk FROM ${texts.table} WHERE ${where}`;
    const holder = await this.#overlaid(sql, values, (rows) => {
      const givesUp = (holder: RowState | undefined) =>
        holder !== undefined && next.has(holder) && !keeps(table, next.get(holder), key, form);
      const unflushed = key.holders.get(form);
      if (unflushed && unflushed !== row && !givesUp(unflushed)) return unflushed.pk;
      // A dirty row that SQL still shows with the value has given it up, else it would be the holder above. One in the quarantine has not: SQL refuses what it became.
      return rows
        .map(({ pk }) => table.pkOf(pk))
        .find((pk) => {
          const holder = table.rows.get(String(pk));
          const hasLeft = holder?.dirty === true && holder.frozen === undefined;
          return String(pk) !== row.key && !hasLeft && !givesUp(holder);
        });
    });
    if (holder === undefined) return;
    const field = key.columns.map(({ name }) => name).join(', ');
    throw new RowRefused(table.name, row.pk, field, `the value is taken by row ${holder} (unique key ${key.name})`);
  }

  /**
   * The row that an insert makes: what was given, and defaults for the rest.
   *
   * @param nextId a fresh value for an automatic id
   * @returns a promise only where an id or a computed default has to be waited for
   * @throws RowRefused
   */
  complete(table: ManagedTable, given: Row, nextId: () => Promise<number>): Row | Promise<Row> {
    const row: Row = {};
    const computed: [ColumnInfo, string][] = [];
    const automatic: string[] = [];
    for (const column of table.columns.values()) {
      const value = Object.hasOwn(given, column.name) ? given[column.name] : undefined;
      if (value !== undefined) row[column.name] = value;
      else if (column === table.incrkey || column.autoIncrement) automatic.push(column.name);
      else {
        if (!column.hasDefault)
          throw new RowRefused(table.name, given[table.pk.name]?.toString() ?? null, column.name, 'has no default and must be given');
        row[column.name] = column.default;
        if (column.defaultExpression !== undefined) computed.push([column, column.defaultExpression]);
      }
    }
    return automatic.length + computed.length === 0 ? row : this.#fill(table, row, automatic, computed, nextId);
  }

  async #fill(
    table: ManagedTable,
    row: Row,
    automatic: readonly string[],
    computed: readonly [ColumnInfo, string][],
    nextId: () => Promise<number>,
  ): Promise<Row> {
    for (const name of automatic) row[name] = await nextId();
    if (computed.length === 0) return row;
    const { rows } = await this.#store.query(
      `SELECT ${computed.map(([, expression], index) => `(${expression}) AS c${index}`).join(', ')}`,
    );
    const values = Object.fromEntries(computed.map(([column], index) => [column.name, rows[0]?.[`c${index}`] ?? null]));
    return { ...row, ...table.check(null, values) };
  }

  async #overlaid<T>(sql: string, params: readonly SqlValue[], overlay: (rows: readonly Row[]) => T): Promise<T> {
    const commits = this.#flusher.commits;
    const { rows } = await this.#store.query(sql, params);
    if (commits === this.#flusher.commits) return overlay(rows);
    return this.#flusher.between(async () => overlay((await this.#store.query(sql, params)).rows));
  }
}

/** Whether a row has that unique value. */
function keeps(table: ManagedTable, row: Row | null | undefined, key: UniqueValue['key'], form: string): boolean {
  if (!row) return false;
  for (const value of table.uniqueValues(row)) if (value.key === key && value.form === form) return true;
  return false;
}

function ascending(a: PkValue, b: PkValue): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
