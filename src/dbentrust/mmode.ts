/**
 * One row in a game's hands: Firefly's `MMode`, and the list of a foreign key, `MFKMode`.
 *
 * A handle, not a copy: `get` reads what is there now, `update` sends the changed fields to the writer and returns when the change is acknowledged.
 * Firefly's `lock` and `release` come with leases that carry a fencing token; a lock without one protects nothing.
 */
import { NoSuchRow, RowRefused } from '../errors';
import type { FlushReport, PkValue, Row, SqlValue } from './port';

/** What a handle needs of its admin. */
export interface RowHome {
  readonly name: string;
  read(pk: PkValue): Promise<Row | null>;
  update(pk: PkValue, fields: Row): Promise<void>;
  delete(pk: PkValue): Promise<void>;
  flush(): Promise<FlushReport>;
  evict(pk: PkValue): Promise<void>;
}

export class MMode {
  readonly #home: RowHome;
  #row: Row;

  constructor(
    home: RowHome,
    readonly pk: PkValue,
    row: Row,
  ) {
    this.#home = home;
    this.#row = row;
  }

  /** The row as this handle last read or wrote it. */
  get data(): Row {
    return this.#row;
  }

  /** The value of a field now; `get('data')`, Firefly's word, is the whole row. @throws NoSuchRow, RowRefused for a field that the table has not */
  async get(field: 'data'): Promise<Row>;
  async get(field: string): Promise<SqlValue>;
  async get(field: string): Promise<SqlValue | Row> {
    const row = await this.#read();
    return field === 'data' && !Object.hasOwn(row, field) ? row : this.#field(row, field);
  }

  /** The values of several fields now, all of the same version of the row. */
  async getMulti(fields: readonly string[]): Promise<Row> {
    const row = await this.#read();
    return Object.fromEntries(fields.map((field) => [field, this.#field(row, field)]));
  }

  /** @throws NoSuchRow, RowRefused, QueueFull; after PeerDown with `maybeExecuted` the change may have been made */
  async update(field: string, value: SqlValue): Promise<void> {
    await this.updateMulti({ [field]: value });
  }

  /** Changes the named fields, all or none. */
  async updateMulti(fields: Row): Promise<void> {
    await this.#home.update(this.pk, fields);
    this.#row = { ...this.#row, ...fields };
  }

  /** @throws NoSuchRow when it is gone already */
  async delete(): Promise<void> {
    await this.#home.delete(this.pk);
  }

  /** Flushes the row and forgets the copies of it; the row itself stays. */
  async mdelete(): Promise<void> {
    await this.#home.evict(this.pk);
  }

  /** Whether the row is there. */
  async isEffective(): Promise<boolean> {
    return (await this.#home.read(this.pk)) !== null;
  }

  /** Writes what is dirty of the table to SQL. */
  syncDB(): Promise<FlushReport> {
    return this.#home.flush();
  }

  /** The same; Firefly also dropped idle rows here, which needs nobody's call now. */
  checkSync(): Promise<FlushReport> {
    return this.#home.flush();
  }

  async #read(): Promise<Row> {
    const row = await this.#home.read(this.pk);
    if (!row) throw new NoSuchRow(this.#home.name, this.pk);
    this.#row = row;
    return row;
  }

  #field(row: Row, field: string): SqlValue {
    const value = Object.hasOwn(row, field) ? row[field] : undefined;
    if (value === undefined)
      throw new RowRefused(this.#home.name, this.pk, field, `the table has no such column; it has ${Object.keys(row).join(', ')}`);
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
