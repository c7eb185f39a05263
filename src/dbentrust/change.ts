/**
 * Changes of rows as they travel to the writer: contracts only.
 *
 * A group is the unit of everything: of acknowledging, of the journal, of SQL. All of it happens, or nothing.
 */
import type { PkValue, Row } from './port';

/** One change of one row. `ifVersion`: only if the row has that version. `token`: of the lease that the caller holds on the row. */
export type Change =
  | { readonly op: 'insert'; readonly table: string; readonly row: Row }
  | {
      readonly op: 'update';
      readonly table: string;
      readonly pk: PkValue;
      readonly fields: Row;
      readonly ifVersion?: number;
      readonly token?: number;
    }
  | {
      readonly op: 'increment';
      readonly table: string;
      readonly pk: PkValue;
      readonly field: string;
      readonly by: number | bigint;
      /** A result outside is refused, and nothing is changed. */
      readonly min?: number | bigint;
      readonly max?: number | bigint;
      readonly token?: number;
    }
  | { readonly op: 'delete'; readonly table: string; readonly pk: PkValue; readonly ifVersion?: number; readonly token?: number };

/**
 * Who sent a group, so that one that is sent again is made once.
 *
 * `source` is drawn anew at each start of a process, `counter` rises by one a group, and every group below `settled` has its answer: the writer need not
 * remember those.
 */
export interface ChangeId {
  readonly source: string;
  readonly counter: number;
  readonly settled: number;
}

/** A row that the sender decided on: the group is refused with Conflict when it has another version by now. */
export interface ReadVersion {
  readonly table: string;
  readonly pk: PkValue;
  readonly version: number;
}

/** A lease on a row that the sender holds: the group is refused with LeaseLost when it is over, whether or not the group changes the row. */
export interface HeldLease {
  readonly table: string;
  readonly pk: PkValue;
  readonly token: number;
}

export interface ChangeGroup {
  readonly id: ChangeId;
  readonly reads: readonly ReadVersion[];
  readonly leases?: readonly HeldLease[];
  readonly changes: readonly Change[];
}

/** What became of one change, in the order of the group's changes. */
export interface Outcome {
  readonly pk: PkValue;
  readonly version: number;
  /** The complete row after an insert; the field's new value after an increment. */
  readonly row?: Row;
}

/** A row and the version it has; `row` is null where there is none. Versions of a row only rise, over restarts of the writer too. */
export interface VersionedRow {
  readonly version: number;
  readonly row: Row | null;
}
