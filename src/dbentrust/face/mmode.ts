/**
 * One row in a game's hands: Firefly's `MMode`, and the list of a foreign key, `MFKMode`.
 *
 * A handle, not a copy: `get` reads what is there now, `update` sends the changed fields to the writer and returns when the change is acknowledged.
 */
import { LeaseLost, NoSuchRow, RowRefused } from '../../errors';
import type { HeldLease } from '../change';
import type { FlushReport, PkValue, Row, SqlValue } from '../port';
import type { TableAccess } from './tableaccess';
import type { DataOf, Field, NumericField, RowType } from './typedrow';

/** How long `lock` holds a row when nothing else is said. */
const LOCK_MS = 10_000;

export interface UpdateOptions {
  /** Only if the row has that version still. */
  readonly ifVersion?: number;
}

export interface Bounds {
  readonly min?: number | bigint;
  readonly max?: number | bigint;
}

/** A handle of any table. */
export type AnyRow = Pick<MMode, 'pk' | 'lock' | 'release'>;

/** For transactions: the lease that a handle holds. @throws LeaseLost when it holds none */
export let leaseOf: (row: AnyRow) => HeldLease;

export class MMode<R extends RowType<R> = Row> {
  static {
    leaseOf = (row) => {
      if (!(#token in row)) throw new TypeError('a lease is held by a row that MAdmin gave, such as `await items.getObj(1)`');
      if (row.#token === undefined) throw new LeaseLost(row.#table.name, row.pk);
      return { table: row.#table.name, pk: row.pk, token: row.#token };
    };
  }

  readonly #table: TableAccess;
  #row: Row;
  #version: number;
  /** Of the lease that this handle holds on the row. */
  #token: number | undefined;
  /** Of one that it let go of, and dbfront has not said that it heard. */
  #leaving: number | undefined;

  constructor(
    table: TableAccess,
    readonly pk: PkValue,
    read: { readonly row: Row; readonly version: number },
  ) {
    this.#table = table;
    this.#row = read.row;
    this.#version = read.version;
  }

  /** The row as this handle last read or wrote it. */
  get data(): R {
    return this.#row as R;
  }

  /** The version at which the whole of the row was read, for `ifVersion`. A change without `ifVersion` does not raise it: others may have changed the row in between. */
  get version(): number {
    return this.#version;
  }

  /** The value of a field now; `get('data')`, Firefly's word, is the whole row. @throws NoSuchRow, RowRefused for a field that the table has not */
  async get(field: 'data'): Promise<DataOf<R>>;
  async get<F extends Field<R>>(field: F): Promise<R[F]>;
  async get(field: string): Promise<unknown> {
    const row = await this.#read();
    return field === 'data' && !Object.hasOwn(row, field) ? row : this.#field(row, field);
  }

  /** The values of several fields now, all of the same version of the row. */
  async getMulti<F extends Field<R>>(fields: readonly F[]): Promise<Pick<R, F>> {
    const row = await this.#read();
    return Object.fromEntries(fields.map((field) => [field, this.#field(row, field)])) as Pick<R, F>;
  }

  /** @throws NoSuchRow, RowRefused, RowLocked, LeaseLost, QueueFull, JournalFull; after PeerDown or Deadline with `maybeExecuted` the change may have been made */
  async update<F extends Field<R>>(field: F, value: R[F]): Promise<void> {
    await this.#update({ [field]: value });
  }

  /** Changes the named fields, all or none. @throws Conflict when the row has not the version `ifVersion` any more */
  async updateMulti(fields: Partial<R>, options: UpdateOptions = {}): Promise<void> {
    await this.#update(fields as Row, options);
  }

  async #update(fields: Row, { ifVersion }: UpdateOptions = {}): Promise<void> {
    const guard = ifVersion === undefined ? {} : { ifVersion };
    const { version } = await this.#table.change({ op: 'update', ...this.#target(), fields, ...guard });
    if (ifVersion === this.#version) this.#version = version;
    this.#row = { ...this.#row, ...fields };
  }

  /**
   * Adds to a number where it lies: others that do the same at once lose nothing.
   *
   * @param bounds a result outside is refused, and nothing is changed
   * @returns the new value
   * @throws RowRefused
   */
  async increment(field: NumericField<R>, by: number | bigint = 1, bounds: Bounds = {}): Promise<number | bigint> {
    const { row = {} } = await this.#table.change({ op: 'increment', ...this.#target(), field, by, ...bounds });
    this.#row = { ...this.#row, ...row };
    return row[field] as number | bigint;
  }

  /**
   * Takes a lease on the row: until it is released or runs out, changes by anybody but this handle are refused.
   *
   * @throws RowLocked while another has it
   */
  async lock(ttlMs = LOCK_MS): Promise<void> {
    this.#token = await this.#table.lock(this.pk, ttlMs);
    this.#leaving = undefined;
  }

  /**
   * Ends the lease. Changes of this handle are everybody's again.
   *
   * @throws LeaseLost when this handle holds none; PeerDown, Deadline: call it again, or the row stays locked until the lease runs out
   */
  async release(): Promise<void> {
    const token = this.#token ?? this.#leaving;
    if (token === undefined) throw new LeaseLost(this.#table.name, this.pk);
    this.#token = undefined;
    this.#leaving = token;
    await this.#table.unlock(this.pk, token);
    if (this.#leaving === token) this.#leaving = undefined;
  }

  /** @throws NoSuchRow when it is gone already, Conflict */
  async delete({ ifVersion }: UpdateOptions = {}): Promise<void> {
    await this.#table.change({ op: 'delete', ...this.#target(), ...(ifVersion === undefined ? {} : { ifVersion }) });
  }

  /** Flushes the row and forgets the copies of it; the row itself stays. */
  async mdelete(): Promise<void> {
    await this.#table.evict(this.pk);
  }

  /** Whether the row is there. */
  async isEffective(): Promise<boolean> {
    return (await this.#table.readOne(this.pk)).row !== null;
  }

  /** Writes what is dirty to SQL. */
  syncDB(): Promise<FlushReport> {
    return this.#table.flush();
  }

  /** The same; Firefly also dropped idle rows here, which needs nobody's call now. */
  checkSync(): Promise<FlushReport> {
    return this.#table.flush();
  }

  #target(): { readonly table: string; readonly pk: PkValue; readonly token?: number } {
    const token = this.#token;
    return { table: this.#table.name, pk: this.pk, ...(token === undefined ? {} : { token }) };
  }

  async #read(): Promise<Row> {
    const { row, version } = await this.#table.readOne(this.pk);
    if (!row) throw new NoSuchRow(this.#table.name, this.pk);
    this.#row = row;
    this.#version = version;
    return row;
  }

  #field(row: Row, field: string): SqlValue {
    const value = Object.hasOwn(row, field) ? row[field] : undefined;
    if (value === undefined)
      throw new RowRefused(this.#table.name, this.pk, field, `the table has no such column; it has ${Object.keys(row).join(', ')}`);
    return value;
  }
}

/** The primary keys of the rows with one value of the foreign key. Asked of the writer each time: a list that is kept elsewhere could be wrong. */
export class MFKMode {
  readonly #list: () => Promise<PkValue[]>;

  constructor(
    readonly fk: PkValue,
    list: () => Promise<PkValue[]>,
  ) {
    this.#list = list;
  }

  pklist(): Promise<PkValue[]> {
    return this.#list();
  }

  /** Firefly's `get('pklist')`. */
  get(_field: 'pklist' = 'pklist'): Promise<PkValue[]> {
    return this.#list();
  }
}
