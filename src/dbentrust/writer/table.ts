/**
 * One managed table in the writer: its columns, and the rows that are in memory.
 *
 * Holds every dirty row and knows them by primary key, unique value and foreign key. Pure: asks no database and no cache.
 */
import { PKValueError, RowRefused, StartFailed } from '../../errors';
import type { PkValue, TableDef, TableShape } from '../port';
import type { ColumnInfo, Row, SqlValue, TableInfo } from '../sql/store';
import { FkHolders } from './fkholders';
import { pkValue } from './keys';
import { checkManageable } from './manageable';
import { UnusedIds } from './unusedids';
import { checkValue, uniqueForm, ValueRefused } from './values';

/** A row in memory. The `Row` objects are never written to: a change makes a new one, so that a flush can hold on to what it writes. */
export interface RowState {
  readonly table: ManagedTable;
  readonly pk: PkValue;
  /** The primary key as text. */
  readonly key: string;
  /** The row with all acknowledged changes; null when there is none. */
  now: Row | null;
  /** What SQL holds; null when it has no such row, undefined when nobody knows (a transaction that failed may have been committed). */
  stored: Row | null | undefined;
  /** The journal's sequence at the row's last change; of a row that was read from SQL, one that is not lower. */
  version: number;
  /** SQL does not hold it: it waits for the next flush, or lies in the quarantine. */
  dirty: boolean;
  /** Why SQL refuses the row: it lies in the quarantine and is not changed until it is released or dropped. */
  frozen?: string;
}

/** A value that a row has or wants in a unique key. */
export interface UniqueValue {
  readonly key: UniqueKey;
  /** Equal for equal values. */
  readonly form: string;
  readonly values: readonly SqlValue[];
}

interface UniqueKey {
  readonly name: string;
  readonly columns: readonly ColumnInfo[];
  /** Dirty rows by their value. What clean rows hold is in SQL. */
  readonly holders: Map<string, RowState>;
}

export class ManagedTable {
  readonly name: string;
  readonly columns: ReadonlyMap<string, ColumnInfo>;
  readonly pk: ColumnInfo;
  readonly uniqueKeys: readonly UniqueKey[];
  /** Tables that foreign keys of this one point to. */
  readonly references: readonly string[];
  /** Whether foreign keys point to this one. */
  readonly referenced: boolean;
  /** Every row in memory, dirty or clean. */
  readonly rows = new Map<string, RowState>();
  /** Those that wait for the next flush, in the order in which they became dirty. */
  readonly dirty = new Set<RowState>();
  /** Largest value of `incrkey` that was granted or inserted since the start. */
  topId = 0;
  /** Of `incrkey`, where that is the primary key. */
  readonly unusedIds = new UnusedIds();
  /** No row that is in SQL and not in memory has a higher version. */
  coldVersion = 0;
  #relaxed = false;
  #fk: ColumnInfo | undefined;
  #incrkey: ColumnInfo | undefined;
  readonly #fkHolders = new FkHolders();

  /** @throws StartFailed when the table cannot be managed that way, with the reason and the fix */
  constructor(def: TableDef, info: TableInfo) {
    this.name = info.table;
    this.columns = info.columns;
    this.references = info.references;
    this.referenced = info.referenced === true;
    checkManageable(def, info);
    this.pk = this.#registered(def.pk, 'pk');
    // Where the collation decides, two primary keys may be equal without being the same text: then the primary key is checked like any unique value.
    const loose = this.pk.collation === undefined ? [] : [{ name: 'PRIMARY', columns: [this.pk.name] }];
    this.uniqueKeys = [...loose, ...info.uniqueKeys].map(({ name, columns }) => ({
      name,
      columns: columns.map((column) => this.#registered(column, `unique key ${name}`)),
      holders: new Map(),
    }));
    this.extend(def);
  }

  get fk(): ColumnInfo | undefined {
    return this.#fk;
  }

  get incrkey(): ColumnInfo | undefined {
    return this.#incrkey;
  }

  /** Whether changes are acknowledged and shown before they are durable. */
  get relaxed(): boolean {
    return this.#relaxed;
  }

  /** How the table is registered, as the journal keeps it. */
  get def(): TableDef {
    return {
      table: this.name,
      pk: this.pk.name,
      ...(this.#fk ? { fk: this.#fk.name } : {}),
      ...(this.#incrkey ? { incrkey: this.#incrkey.name } : {}),
      ...(this.#relaxed ? { durability: 'relaxed' } : {}),
    };
  }

  /** @throws RowRefused when there is no such column */
  column(pk: PkValue | null, name: string): ColumnInfo {
    const column = this.columns.get(name);
    if (!column) throw new RowRefused(this.name, pk, name, `the table has no such column; it has ${[...this.columns.keys()].join(', ')}`);
    return column;
  }

  /** Takes a second registration of the table. @throws StartFailed when the two contradict each other */
  extend(def: TableDef): void {
    if (def.pk !== this.pk.name)
      throw new StartFailed(`table ${this.name} is registered with the primary keys '${this.pk.name}' and '${def.pk}'`);
    if (def.durability !== undefined) this.#relaxed = def.durability === 'relaxed';
    if (def.fk !== undefined) {
      const fk = this.#registered(def.fk, 'fk');
      if (this.#fk && this.#fk !== fk)
        throw new StartFailed(`table ${this.name} is registered with the foreign keys '${this.#fk.name}' and '${fk.name}'`);
      this.#fk = fk;
      for (const row of this.rows.values()) if (row.dirty) this.#fkHolders.hold(fk, row);
    }
    if (def.incrkey !== undefined) {
      const incrkey = this.#registered(def.incrkey, 'incrkey');
      if (incrkey.type !== 'int')
        throw new StartFailed(`table ${this.name}: incrkey ${incrkey.name} is ${incrkey.sqlType}; it must be an integer`);
      if (this.#incrkey && this.#incrkey !== incrkey) {
        throw new StartFailed(`table ${this.name} is registered with the incrkeys '${this.#incrkey.name}' and '${incrkey.name}'`);
      }
      this.#incrkey = incrkey;
      for (const { now, dirty } of this.rows.values()) if (dirty && now) this.#seeIds(now);
    }
  }

  shape(): TableShape {
    return {
      ...this.def,
      columns: [...this.columns.values()],
      uniqueKeys: this.uniqueKeys.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })),
    };
  }

  /** The primary key in the form rows hold it. @throws PKValueError */
  pkOf(value: unknown): PkValue {
    return pkValue(this.name, this.pk, value);
  }

  /** The foreign key in the form rows hold it. @throws PKValueError */
  fkOf(value: unknown): { column: ColumnInfo; value: SqlValue } {
    const column = this.#fk;
    if (!column) throw new PKValueError(`table ${this.name} is registered without a foreign key; give MAdmin the option fk`);
    return {
      column,
      value: column.type === 'int' || column.type === 'text' ? pkValue(this.name, column, value) : checkValue(column, value),
    };
  }

  /** Fields of a change, checked and in the form SQL gives them back. @throws RowRefused */
  check(pk: PkValue | null, fields: Readonly<Record<string, unknown>>): Row {
    const row: Row = {};
    for (const name of Object.keys(fields)) {
      const column = this.column(pk, name);
      try {
        row[name] = checkValue(column, fields[name]);
      } catch (error) {
        if (error instanceof ValueRefused) throw new RowRefused(this.name, pk, name, error.message);
        throw error;
      }
    }
    return row;
  }

  /** The unique values of a row, by unique key; NULL takes no part. */
  *uniqueValues(row: Row): Generator<UniqueValue> {
    for (const key of this.uniqueKeys) {
      const values = key.columns.map((column) => row[column.name] ?? null);
      const forms = key.columns.map((column, index) => uniqueForm(column, values[index] ?? null));
      if (forms.every((form) => form !== undefined)) yield { key, form: JSON.stringify(forms), values };
    }
  }

  /** The unique values that `next` has and `now` has not. */
  newUniqueValues(now: Row | null, next: Row): UniqueValue[] {
    if (now && this.#holdsSame(now, next)) return [];
    const changed = [...this.uniqueValues(next)].filter(({ key }) => !now || key.columns.some(({ name }) => now[name] !== next[name]));
    const had = new Set(now ? [...this.uniqueValues(now)].map(({ key, form }) => `${key.name} ${form}`) : []);
    return changed.filter(({ key, form }) => !had.has(`${key.name} ${form}`));
  }

  /** Dirty rows whose foreign key is that value now. */
  fkRows(value: SqlValue): Iterable<RowState> {
    return this.#fkHolders.of(this.#fk, value);
  }

  /** Whether a row has that foreign key. */
  hasFk(row: Row, value: SqlValue): boolean {
    return this.#fk !== undefined && uniqueForm(this.#fk, row[this.#fk.name] ?? null) === uniqueForm(this.#fk, value);
  }

  /** Makes `next` the row's acknowledged state. The row is dirty from here on. */
  apply(row: RowState, next: Row | null, version: number): void {
    const held = row.dirty && row.now !== null && next !== null && this.#holdsSame(row.now, next);
    if (row.dirty && !held) this.#release(row);
    if (next && !held) this.#seeIds(next);
    row.now = next;
    row.version = version;
    if (!row.dirty) {
      row.dirty = true;
      this.rows.set(row.key, row);
    }
    this.dirty.add(row);
    if (!held) this.#hold(row);
  }

  /** Whether two states of a row are found under the same values. */
  #holdsSame(now: Row, next: Row): boolean {
    for (const { columns } of this.uniqueKeys) for (const { name } of columns) if (now[name] !== next[name]) return false;
    for (const column of [this.#fk, this.#incrkey]) if (column && now[column.name] !== next[column.name]) return false;
    return true;
  }

  /** SQL holds what the row holds: it no longer counts as dirty. */
  clean(row: RowState): void {
    this.#release(row);
    row.dirty = false;
    delete row.frozen;
    this.dirty.delete(row);
  }

  /** SQL refuses the row: it stays what it is in memory, and waits for nobody. */
  freeze(row: RowState, reason: string): void {
    row.frozen = reason;
    this.dirty.delete(row);
  }

  /** Takes up a row of the quarantine after a restart. */
  addFrozen(pk: PkValue, now: Row | null, version: number, reason: string): void {
    const row: RowState = { table: this, pk, key: String(pk), now, stored: undefined, version, dirty: true, frozen: reason };
    this.rows.set(row.key, row);
    if (now) this.#seeIds(now);
    this.#hold(row);
  }

  /** Integer columns whose values the database or a block of ids hands out. */
  get idColumns(): readonly ColumnInfo[] {
    return [...new Set([this.pk, this.#incrkey ?? this.pk])].filter((column) => column.type === 'int');
  }

  #seeIds(row: Row): void {
    for (const column of [this.pk, this.#incrkey]) {
      const value = column?.type === 'int' ? Number(row[column.name] ?? 0) : 0;
      if (value > this.topId) this.topId = value;
    }
  }

  #hold(row: RowState): void {
    if (!row.now) return;
    for (const { key, form } of this.uniqueValues(row.now)) key.holders.set(form, row);
    this.#fkHolders.hold(this.#fk, row);
  }

  #release(row: RowState): void {
    if (!row.now) return;
    for (const { key, form } of this.uniqueValues(row.now)) if (key.holders.get(form) === row) key.holders.delete(form);
    this.#fkHolders.release(this.#fk, row);
  }

  #registered(name: string, role: string): ColumnInfo {
    const column = this.columns.get(name);
    if (!column)
      throw new StartFailed(`table ${this.name} has no column '${name}' (${role}); it has ${[...this.columns.keys()].join(', ')}`);
    return column;
  }
}
