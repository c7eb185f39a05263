/**
 * A table in a game's hands: Firefly's `MAdmin`.
 *
 * Holds no rows. It can be made before the node is linked to dbfront, since it asks for its access only when it is used; `insert()` or the first use registers the table.
 */
import { NoSuchRow, PKValueError, RowRefused } from '../errors';
import { IdPool } from './idpool';
import { MFKMode, MMode, type RowHome } from './mmode';
import type { DataAccess, FlushReport, PkValue, Row, TableDef, TableShape } from './port';
import { RowReader } from './rowreader';
import { pkValue } from './table';

/** Ids a node takes at a time. */
const ID_BLOCK = 50;
/** Rows that `load` asks for at a time. */
const LOAD_ROWS = 500;

export interface MAdminOptions {
  /** Column for `getAllPkByFk`. */
  readonly fk?: string;
  /** Column that `new` fills with an id of its own. */
  readonly incrkey?: string;
}

export class MAdmin {
  readonly #access: () => DataAccess;
  readonly #def: TableDef;
  readonly #reader: RowReader;
  readonly #ids: IdPool;
  readonly #home: RowHome;
  #shape: Promise<TableShape> | undefined;

  constructor(access: () => DataAccess, table: string, pk: string, options: MAdminOptions = {}) {
    this.#access = access;
    this.#def = { table, pk, ...options };
    this.#reader = new RowReader(access, table);
    this.#ids = new IdPool(() => this.#port.ids(table, ID_BLOCK));
    this.#home = {
      name: table,
      read: async (key) => (await this.#reader.read([key]))[0] ?? null,
      update: (key, fields) => this.#port.update(table, key, fields),
      delete: (key) => this.#port.delete(table, key),
      flush: () => this.#port.flush(table),
      evict: (key) => this.#port.evict(table, key),
    };
  }

  /** The table. */
  get name(): string {
    return this.#def.table;
  }

  get madmininfo(): TableDef {
    return this.#def;
  }

  /** Registers the table with the writer. @throws StartFailed when the table cannot be managed, with the reason */
  async insert(): Promise<void> {
    await this.#registered();
  }

  /** Reads all rows once, so that memcached holds what fits. @returns how many there are */
  async load(): Promise<number> {
    await this.#registered();
    // Names that the writer has found in the real table, in the form both dialects quote them.
    const { rows } = await this.#port.query(`SELECT \`${this.#def.pk}\` AS pk FROM \`${this.name}\``, [], { fresh: true });
    const pks = rows.map(({ pk }) => pk as PkValue);
    for (let at = 0; at < pks.length; at += LOAD_ROWS) await this.#port.load(this.name, pks.slice(at, at + LOAD_ROWS));
    return pks.length;
  }

  /** A handle of the row, null when there is none. @throws PKValueError */
  async getObj(pk: PkValue): Promise<MMode | null> {
    const [handle] = await this.getObjList([pk]);
    return handle ?? null;
  }

  /** The row, null when there is none. */
  async getObjData(pk: PkValue): Promise<Row | null> {
    const key = await this.#key(pk);
    return this.#home.read(key);
  }

  /** Handles of the rows that are there, in the order of `pks`. */
  async getObjList(pks: readonly PkValue[]): Promise<MMode[]> {
    const keys = await Promise.all(pks.map((pk) => this.#key(pk)));
    const rows = await this.#reader.read(keys);
    return keys.flatMap((key, index) => {
      const row = rows[index];
      return row ? [new MMode(this.#home, key, row)] : [];
    });
  }

  /** Primary keys of the rows whose foreign key has that value, ascending; unflushed changes included. */
  async getAllPkByFk(fk: PkValue): Promise<PkValue[]> {
    await this.#registered();
    return this.#port.pksByFk(this.name, fk);
  }

  /** The list of a foreign key as an object. */
  getFkObj(fk: PkValue): MFKMode {
    return new MFKMode(fk, () => this.getAllPkByFk(fk));
  }

  /**
   * Makes a row. `incrkey` is filled unless the row brings it.
   *
   * @throws RowRefused, QueueFull; after PeerDown with `maybeExecuted` the row may be there
   */
  async new(row: Row): Promise<MMode> {
    const { pk, incrkey } = await this.#registered();
    if (incrkey === undefined || (row[incrkey] !== undefined && row[incrkey] !== null)) return this.#insert(row);
    for (;;) {
      const id = await this.#ids.next();
      try {
        return await this.#insert({ ...row, [incrkey]: id });
      } catch (error) {
        // Somebody gave a row this id by hand. Nothing was executed, and the next id is another.
        if (!(error instanceof RowRefused && incrkey === pk && error.field === pk && error.pk === id)) throw error;
      }
    }
  }

  /** Deletes a row; one that is not there is no error. */
  async deleteMode(pk: PkValue): Promise<void> {
    const key = await this.#key(pk);
    try {
      await this.#port.delete(this.name, key);
    } catch (error) {
      if (!(error instanceof NoSuchRow)) throw error;
    }
  }

  /** Writes what is dirty of the table to SQL. */
  async checkAll(): Promise<FlushReport> {
    await this.#registered();
    return this.#port.flush(this.name);
  }

  get #port(): DataAccess['port'] {
    return this.#access().port;
  }

  async #insert(row: Row): Promise<MMode> {
    const complete = await this.#port.insert(this.name, row);
    return new MMode(this.#home, pkOfRow(complete, this.#def), complete);
  }

  async #key(pk: PkValue): Promise<PkValue> {
    const shape = await this.#registered();
    const column = shape.columns.find(({ name }) => name === shape.pk);
    return pkValue(this.name, column?.type ?? 'int', pk);
  }

  #registered(): Promise<TableShape> {
    this.#shape ??= this.#port.manage(this.#def).catch((error) => {
      this.#shape = undefined; // the next use tries again
      throw error;
    });
    return this.#shape;
  }
}

function pkOfRow(row: Row, def: TableDef): PkValue {
  const pk = row[def.pk];
  if (typeof pk === 'number' || typeof pk === 'string' || typeof pk === 'bigint') return pk;
  throw new PKValueError(`${def.table}: a row without its primary key ${def.pk}`);
}
