/**
 * What a node needs of the writer of managed tables.
 *
 * In dbfront the port is the writer itself; in every other node it is a set of calls over the link to dbfront (remote.ts). Contracts only.
 */
import type { Logger } from '../log/log';
import type { MemClient } from './cache/memclient';
import type { ChangeGroup, ChangeId, Outcome, VersionedRow } from './change';
import type { Committer } from './committer';
import type { RowReader } from './reading/rowreader';
import type { ColumnInfo, SqlResult, SqlValue } from './sql/store';

export type { Row, SqlResult, SqlValue } from './sql/store';

export type PkValue = number | string | bigint;

/** How a game uses a table: Firefly's `MAdmin('tb_item', 'id', fk='characterId', incrkey='id')`. */
export interface TableDef {
  readonly table: string;
  readonly pk: string;
  /** Column whose values group rows, for `pksByFk`. */
  readonly fk?: string;
  /** Integer column that `ids` hands out values for. */
  readonly incrkey?: string;
  /** `durable` when left out. `relaxed`: a change is acknowledged before it is on the disk, so a power cut may take the last ones. */
  readonly durability?: Durability;
}

export type Durability = 'durable' | 'relaxed';

/** A managed table as its database describes it; plain data. */
export interface TableShape extends TableDef {
  readonly columns: readonly ColumnInfo[];
  readonly uniqueKeys: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

/** Values of an id column that are the caller's alone, for ever: `first` to `first + count - 1`. */
export interface IdBlock {
  readonly first: number;
  readonly count: number;
}

export interface FlushReport {
  /** Rows written to SQL by this flush. */
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Rows that SQL refuses; they stay dirty and are tried again. */
  readonly refused: readonly { readonly table: string; readonly pk: PkValue; readonly reason: string }[];
  /** Rows of all tables that are dirty now. */
  readonly dirty: number;
  readonly ms: number;
}

/** An acknowledged row that SQL refuses. It is frozen: read as it was acknowledged, and changed no more until it is released or dropped. */
export interface QuarantinedRow {
  readonly table: string;
  readonly pk: PkValue;
  readonly reason: string;
}

/** A row that is handed out is the caller's own copy. */
export interface DataPort {
  /**
   * Puts a table under the writer's care; the same again is harmless.
   *
   * @throws StartFailed when there is no such table or column, or its primary key is not that one column
   */
  manage(def: TableDef): Promise<TableShape>;
  /** Rows in the order of `pks`, `row` null where there is none; unflushed changes included. What is shown is durable, except of `relaxed` tables. */
  load(table: string, pks: readonly PkValue[]): Promise<VersionedRow[]>;
  /** Primary keys of the rows whose `fk` column has that value, in ascending order; unflushed changes included. */
  pksByFk(table: string, fk: PkValue): Promise<PkValue[]>;
  /**
   * Makes all changes of the group, or none. A group that comes again is made once and answered with what was answered first.
   *
   * @throws RowRefused, NoSuchRow, Conflict, RowLocked, LeaseLost, QueueFull, JournalFull: nothing was changed; JournalDown: nobody knows until the writer is back
   */
  commit(group: ChangeGroup): Promise<Outcome[]>;
  /**
   * Takes a lease on a row: until it ends, only changes that carry its token are taken.
   *
   * @returns the token, higher than all earlier ones of the row
   * @throws RowLocked while another has it, NoSuchRow
   */
  lock(table: string, pk: PkValue, ttlMs: number, id: ChangeId): Promise<number>;
  /** Ends a lease; one that is over already is no error. */
  unlock(table: string, pk: PkValue, token: number): Promise<void>;
  ids(table: string, count: number): Promise<IdBlock>;
  /**
   * Runs one SQL statement in dbfront.
   *
   * @param options `fresh`: everything acknowledged before is flushed first
   * @throws QueryRefused for a statement that writes a managed table, and for several statements in one
   */
  query(sql: string, params: readonly SqlValue[], options: { readonly fresh?: boolean }): Promise<SqlResult>;
  /** Writes what is dirty now, of one table or of all, to SQL. @throws StoreDown; the rows stay dirty */
  flush(table?: string): Promise<FlushReport>;
  /** Flushes, then forgets the copies of a row, so that the next read sees what SQL holds. */
  evict(table: string, pk: PkValue): Promise<void>;
  /** The cache epoch: items of memcached that carry another are not to be trusted; 0: none is. Never sent twice: the answer counts from when it was asked. */
  epoch(): Promise<number>;
  /** The rows in the quarantine. */
  quarantine(): Promise<QuarantinedRow[]>;
  /** Tries rows of the quarantine again: this one and those it is bound to; the report names those of them that SQL refuses still. @throws NoSuchRow when it is not there */
  release(table: string, pk: PkValue): Promise<FlushReport>;
  /** Tries all rows of the quarantine again, those that are bound to each other together; the report names what SQL refuses still. */
  releaseAll(): Promise<FlushReport>;
  /** Forgets the refused change of a row: it is what SQL says. @throws NoSuchRow when it is not in the quarantine */
  drop(table: string, pk: PkValue): Promise<void>;
}

/** What a node hands to its admins. */
export interface DataAccess {
  readonly port: DataPort;
  /** Every change of this node goes through it, and gets its identity there. */
  readonly committer: Committer;
  /** Every row that this node reads comes through it. */
  readonly reader: RowReader;
  /** For what lives in memcached only. */
  readonly cache: MemClient | undefined;
  readonly log: Logger;
}
