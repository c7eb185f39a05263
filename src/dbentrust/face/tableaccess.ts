/** How a node reaches one table: its registration, its ids, the reads and changes of its rows. What `MAdmin`, `MMode` and transactions share. */
import type { Change, Outcome, VersionedRow } from '../change';
import type { DataAccess, FlushReport, PkValue, Row, TableDef, TableShape } from '../port';
import type { ColumnInfo } from '../sql/store';
import { pkValue } from '../writer/keys';
import { IdPool } from './idpool';

/** Ids a node takes at a time. */
const ID_BLOCK = 50;

export class TableAccess {
  readonly def: TableDef;
  readonly #access: () => DataAccess;
  readonly #ids: IdPool;
  #shape: Promise<TableShape> | undefined;

  constructor(access: () => DataAccess, def: TableDef) {
    this.#access = access;
    this.def = def;
    this.#ids = new IdPool(() => this.port.ids(def.table, ID_BLOCK));
  }

  get name(): string {
    return this.def.table;
  }

  get port(): DataAccess['port'] {
    return this.#access().port;
  }

  /** Registers the table with the writer; once, unless that fails. @throws StartFailed */
  registered(): Promise<TableShape> {
    this.#shape ??= this.port.manage(this.def).catch((error) => {
      this.#shape = undefined; // the next use tries again
      throw error;
    });
    return this.#shape;
  }

  /** A primary key in the form rows hold it. @throws PKValueError */
  async key(pk: PkValue): Promise<PkValue> {
    return (await this.keys([pk]))[0] as PkValue;
  }

  /** As `key`, in their order. @throws PKValueError */
  async keys(pks: readonly PkValue[]): Promise<PkValue[]> {
    const shape = await this.registered();
    const column = shape.columns.find(({ name }) => name === shape.pk) as ColumnInfo;
    return pks.map((pk) => pkValue(this.name, column, pk));
  }

  /** @param fresh from dbfront, whatever memcached has */
  read(keys: readonly PkValue[], fresh = false): Promise<VersionedRow[]> {
    return this.#access().reader.read(this.name, keys, { fresh });
  }

  async readOne(key: PkValue, fresh = false): Promise<VersionedRow> {
    const [found = { version: 0, row: null }] = await this.read([key], fresh);
    return found;
  }

  /** One change, a group of its own. */
  async change(change: Change): Promise<Outcome> {
    const [outcome] = await this.#access().committer.commit([change]);
    return outcome as Outcome;
  }

  lock(key: PkValue, ttlMs: number): Promise<number> {
    return this.#access().committer.lock(this.name, key, ttlMs);
  }

  unlock(key: PkValue, token: number): Promise<void> {
    return this.port.unlock(this.name, key, token);
  }

  flush(): Promise<FlushReport> {
    return this.port.flush(this.name);
  }

  evict(key: PkValue): Promise<void> {
    return this.port.evict(this.name, key);
  }

  /** The row with an id of its own, unless it brings one. `own`: the id that was given to it here. */
  async withId(row: Row): Promise<{ readonly row: Row; readonly own: number | undefined }> {
    const { incrkey } = await this.registered();
    if (incrkey === undefined || (row[incrkey] !== undefined && row[incrkey] !== null)) return { row, own: undefined };
    const own = await this.#ids.next();
    return { row: { ...row, [incrkey]: own }, own };
  }
}
