/**
 * Several rows decided on and changed together: what was read is compared when the changes arrive, and all of them are made or none.
 *
 * The body runs again when a row that it read has changed meanwhile, so it must do nothing that cannot be done twice.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Conflict, NoSuchRow } from '../../errors';
import type { Change, HeldLease, ReadVersion, VersionedRow } from '../change';
import { checkSize } from '../committer';
import type { DataAccess, PkValue, Row } from '../port';
import { copyOf, withFields } from '../writer/rowcopy';
import { type MAdmin, tableOf } from './madmin';
import { type AnyRow, type Bounds, leaseOf } from './mmode';
import type { TableAccess } from './tableaccess';
import type { NumericField, RowType } from './typedrow';

const RETRIES = 5;
/** Upper end of the pause before the first retry; it doubles. */
const PAUSE_MS = 2;

export interface TransactionOptions {
  /** Handles that hold a lease on their row (`row.lock()`): the transaction is made under these leases, or not at all. */
  readonly holding?: readonly AnyRow[];
}

/** A row as the transaction sees it, with its own changes. */
interface Seen {
  readonly version: number;
  row: Row | null;
}

/** Its changes are made. */
let committed: (t: Transaction) => void;

export class Transaction {
  static {
    committed = (t) => {
      for (const listener of t.#listeners) listener();
    };
  }

  readonly #isRetry: boolean;
  readonly #leases: readonly HeldLease[];
  readonly #bound: number;
  /** By table and key. */
  readonly #seen = new Map<string, Map<PkValue, Seen>>();
  readonly #reads: ReadVersion[] = [];
  readonly #changes: Change[] = [];
  readonly #listeners: (() => void)[] = [];

  /**
   * @param isRetry rows come from dbfront then: what memcached has led to a conflict
   * @param bound changes, and rows read
   */
  constructor(isRetry: boolean, leases: readonly HeldLease[], bound: number) {
    this.#isRetry = isRetry;
    this.#leases = leases;
    this.#bound = bound;
  }

  /** What the transaction was decided on. */
  get reads(): readonly ReadVersion[] {
    return this.#reads;
  }

  get changes(): readonly Change[] {
    return this.#changes;
  }

  /** The row with the changes of this transaction, null when there is none. That it is read makes it part of the decision. */
  async get<R extends RowType<R>>(admin: MAdmin<R>, pk: PkValue): Promise<R | null> {
    const table = tableOf(admin);
    const [seen] = await this.#seeAll(table, [await table.key(pk)]);
    return seen?.row ? (copyOf(seen.row) as R) : null;
  }

  /** Rows as `get` gives them, in the order of `pks`. Those that were not read yet are asked for together. */
  async getMany<R extends RowType<R>>(admin: MAdmin<R>, pks: readonly PkValue[]): Promise<(R | null)[]> {
    const table = tableOf(admin);
    const seen = await this.#seeAll(table, await table.keys(pks));
    return seen.map(({ row }) => row && (copyOf(row) as R));
  }

  /**
   * Has `listener` called when the transaction is over and all its changes are made, before `transaction` returns: a place to remember what has become of the rows.
   *
   * Not called for a body that runs again, nor when nobody knows whether the changes were made. It must not throw.
   */
  onCommitted(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** @returns the primary key; undefined when the database is to give one that is not `incrkey` */
  async insert<R extends RowType<R>>(admin: MAdmin<R>, row: Partial<R>): Promise<PkValue | undefined> {
    const table = tableOf(admin);
    const given = await table.withId(row as Row);
    this.#add({ op: 'insert', table: table.name, row: given.row });
    const pk = given.row[table.def.pk];
    if (pk === undefined || pk === null || Buffer.isBuffer(pk)) return undefined;
    // A key that is none is refused at the commit, with all else that is wrong with the row.
    const seen = this.#seenOf(table).get(await table.key(pk).catch(() => pk));
    if (seen) seen.row = given.row;
    return pk;
  }

  /** Changes the named fields. */
  async update<R extends RowType<R>>(admin: MAdmin<R>, pk: PkValue, changed: Partial<R>): Promise<void> {
    const table = tableOf(admin);
    const fields = changed as Row;
    const key = await table.key(pk);
    this.#update({ op: 'update', ...this.#target(table, key), fields });
    const seen = this.#seenOf(table).get(key);
    if (seen?.row) seen.row = withFields(seen.row, fields);
  }

  /** Adds to a number, within bounds. The row need not be read for it, and then no other change of it is a conflict. */
  async increment<R extends RowType<R>>(
    admin: MAdmin<R>,
    pk: PkValue,
    field: NumericField<R>,
    by: number | bigint = 1,
    bounds: Bounds = {},
  ): Promise<void> {
    const table = tableOf(admin);
    const key = await table.key(pk);
    this.#add({ op: 'increment', ...this.#target(table, key), field, by, ...bounds });
    const seen = this.#seenOf(table).get(key);
    if (seen?.row) seen.row = withFields(seen.row, { [field]: sum(seen.row[field], by) });
  }

  async delete<R extends RowType<R>>(admin: MAdmin<R>, pk: PkValue): Promise<void> {
    const table = tableOf(admin);
    const key = await table.key(pk);
    this.#add({ op: 'delete', ...this.#target(table, key) });
    const seen = this.#seenOf(table).get(key);
    if (seen && !seen.row) throw new NoSuchRow(table.name, key);
    if (seen) seen.row = null;
  }

  /** Updates of a row that follow one another are one change. */
  #update(update: Extract<Change, { op: 'update' }>): void {
    const last = this.#changes.at(-1);
    if (last?.op !== 'update' || last.table !== update.table || last.pk !== update.pk) this.#add(update);
    else this.#changes[this.#changes.length - 1] = { ...last, fields: { ...last.fields, ...update.fields } };
  }

  /** What cannot be sent is not gathered either. @throws TransactionTooLarge */
  #add(change: Change): void {
    this.#changes.push(change);
    checkSize(this, this.#bound);
  }

  #target({ name }: TableAccess, pk: PkValue): { readonly table: string; readonly pk: PkValue; readonly token?: number } {
    const lease = this.#leases.find((held) => held.table === name && String(held.pk) === String(pk));
    return lease ? { table: name, pk, token: lease.token } : { table: name, pk };
  }

  #seenOf({ name }: TableAccess): Map<PkValue, Seen> {
    const seen = this.#seen.get(name) ?? new Map<PkValue, Seen>();
    this.#seen.set(name, seen);
    return seen;
  }

  async #seeAll(table: TableAccess, keys: readonly PkValue[]): Promise<Seen[]> {
    const seen = this.#seenOf(table);
    const missing = keys.filter((key) => !seen.has(key));
    if (missing.length > 0) {
      const read = await table.read(missing, this.#isRetry);
      for (let at = 0; at < missing.length; at++) this.#note(table, missing[at] as PkValue, read[at] as VersionedRow);
      checkSize(this, this.#bound);
    }
    return keys.map((key) => seen.get(key) as Seen);
  }

  /** What was read first counts: another `get` may have asked for the same row meanwhile. */
  #note(table: TableAccess, key: PkValue, { row, version }: VersionedRow): void {
    const seen = this.#seenOf(table);
    if (seen.has(key)) return;
    this.#reads.push({ table: table.name, pk: key, version });
    seen.set(key, { version, row: this.#withOwn(table, key, row) });
  }

  /** The row with what was changed before it was read. */
  #withOwn(table: TableAccess, key: PkValue, read: Row | null): Row | null {
    let row = read;
    for (const change of this.#changes) {
      if (change.table !== table.name) continue;
      if (change.op === 'insert') {
        if (String(change.row[table.def.pk]) === String(key)) row = change.row;
      } else if (String(change.pk) === String(key)) {
        if (change.op === 'delete') row = null;
        else if (row && change.op === 'update') row = withFields(row, change.fields);
        else if (row && change.op === 'increment') row = withFields(row, { [change.field]: sum(row[change.field], change.by) });
      }
    }
    return row;
  }
}

/**
 * Runs `body` and makes the changes that it asked for, all or none.
 *
 * @returns what the body returned
 * @throws TransactionTooLarge; Conflict when rows that it read changed again and again; LeaseLost when a lease of `holding` is over; what refuses a change, such as RowRefused; what the body throws, and then nothing is changed
 */
export async function transaction<T>(
  access: DataAccess,
  body: (t: Transaction) => Promise<T>,
  { holding = [] }: TransactionOptions = {},
): Promise<T> {
  const leases = holding.map(leaseOf);
  for (let retries = 0; ; retries++) {
    const t = new Transaction(retries > 0, leases, access.committer.bound);
    const result = await body(t);
    try {
      if (t.changes.length > 0) await access.committer.commit(t.changes, t.reads, leases);
    } catch (error) {
      if (!(error instanceof Conflict) || retries >= RETRIES) throw error;
      await delay(Math.random() * PAUSE_MS * 2 ** retries);
      continue;
    }
    committed(t);
    return result;
  }
}

function sum(value: unknown, by: number | bigint): number | bigint {
  if (typeof value === 'bigint' || typeof by === 'bigint') return BigInt(value as number | bigint) + BigInt(by);
  return Number(value) + by;
}
