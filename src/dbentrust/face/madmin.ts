/**
 * A table in a game's hands: Firefly's `MAdmin`.
 *
 * Holds no rows. It can be made before the node is linked to dbfront, since it asks for its access only when it is used; `insert()` or the first use registers the table.
 */
import { NoSuchRow, RowRefused } from '../../errors';
import type { DataAccess, Durability, FlushReport, PkValue, Row, TableDef } from '../port';
import { MFKMode, MMode } from './mmode';
import { TableAccess } from './tableaccess';
import type { RowType } from './typedrow';

/** Rows that `load` asks for at a time. */
const LOAD_ROWS = 500;

export interface MAdminOptions {
  /** Column for `getAllPkByFk`. */
  readonly fk?: string;
  /** Column that `new` fills with an id of its own. */
  readonly incrkey?: string;
  /** `relaxed`: changes are acknowledged before they are on the disk. The config's `db.tables` goes before it. */
  readonly durability?: Durability;
}

/** For transactions, which work on the tables of admins. */
export let tableOf: <R extends RowType<R>>(admin: MAdmin<R>) => TableAccess;

export class MAdmin<R extends RowType<R> = Row> {
  static {
    tableOf = (admin) => admin.#table;
  }

  readonly #table: TableAccess;

  constructor(access: () => DataAccess, table: string, pk: string, options: MAdminOptions = {}) {
    this.#table = new TableAccess(access, { table, pk, ...options });
  }

  /** The table. */
  get name(): string {
    return this.#table.name;
  }

  get madmininfo(): TableDef {
    return this.#table.def;
  }

  /** Registers the table with the writer. @throws StartFailed when the table cannot be managed, with the reason */
  async insert(): Promise<void> {
    await this.#table.registered();
  }

  /** Reads all rows once, so that memcached holds what fits. @returns how many there are */
  async load(): Promise<number> {
    await this.#table.registered();
    const { port, def } = this.#table;
    // Names that the writer has found in the real table, in the form both dialects quote them.
    const { rows } = await port.query(`SELECT \`${def.pk}\` AS pk FROM \`${this.name}\``, [], { fresh: true });
    const pks = rows.map(({ pk }) => pk as PkValue);
    for (let at = 0; at < pks.length; at += LOAD_ROWS) await port.load(this.name, pks.slice(at, at + LOAD_ROWS));
    return pks.length;
  }

  /** A handle of the row, null when there is none. @throws PKValueError */
  async getObj(pk: PkValue): Promise<MMode<R> | null> {
    const [handle] = await this.getObjList([pk]);
    return handle ?? null;
  }

  /** The row, null when there is none. */
  async getObjData(pk: PkValue): Promise<R | null> {
    return (await this.#table.readOne(await this.#table.key(pk))).row as R | null;
  }

  /** Handles of the rows that are there, in the order of `pks`. */
  async getObjList(pks: readonly PkValue[]): Promise<MMode<R>[]> {
    const keys = await this.#table.keys(pks);
    const rows = await this.#table.read(keys);
    return keys.flatMap((key, index) => {
      const { row = null, version = 0 } = rows[index] ?? {};
      return row ? [new MMode<R>(this.#table, key, { row, version })] : [];
    });
  }

  /** Primary keys of the rows whose foreign key has that value, ascending; unflushed changes included. */
  async getAllPkByFk(fk: PkValue): Promise<PkValue[]> {
    await this.#table.registered();
    return this.#table.port.pksByFk(this.name, fk);
  }

  /** The list of a foreign key as an object. */
  getFkObj(fk: PkValue): MFKMode {
    return new MFKMode(fk, () => this.getAllPkByFk(fk));
  }

  /**
   * Makes a row. `incrkey` is filled unless the row brings it.
   *
   * @throws RowRefused, QueueFull, JournalFull; after PeerDown or Deadline with `maybeExecuted` the row may be there
   */
  async new(row: Partial<R>): Promise<MMode<R>> {
    const { pk, incrkey } = await this.#table.registered();
    for (;;) {
      const given = await this.#table.withId(row as Row);
      try {
        const outcome = await this.#table.change({ op: 'insert', table: this.name, row: given.row });
        return new MMode<R>(this.#table, outcome.pk, { row: outcome.row ?? given.row, version: outcome.version });
      } catch (error) {
        // Somebody gave a row this id by hand. Nothing was executed, and the next id is another.
        const isTaken = error instanceof RowRefused && incrkey === pk && error.field === pk && error.pk === given.own;
        if (!isTaken || given.own === undefined) throw error;
      }
    }
  }

  /** Deletes a row; one that is not there is no error. */
  async deleteMode(pk: PkValue): Promise<void> {
    const key = await this.#table.key(pk);
    try {
      await this.#table.change({ op: 'delete', table: this.name, pk: key });
    } catch (error) {
      if (!(error instanceof NoSuchRow)) throw error;
    }
  }

  /** Writes what is dirty to SQL. */
  async checkAll(): Promise<FlushReport> {
    await this.#table.registered();
    return this.#table.flush();
  }
}
