/**
 * Several rows decided on and changed together: what was read is compared when the changes arrive, and all of them are made or none.
 *
 * The body runs again when a row that it read has changed meanwhile, so it must do nothing that cannot be done twice.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Conflict, NoSuchRow } from '../../errors';
import type { Change, HeldLease, ReadVersion } from '../change';
import { checkSize } from '../committer';
import type { DataAccess, PkValue, Row } from '../port';
import { copyOf } from '../writer/rowcopy';
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

export class Transaction {
  readonly #isRetry: boolean;
  readonly #leases: readonly HeldLease[];
  readonly #bound: number;
  readonly #seen = new Map<string, Seen>();
  readonly #reads: ReadVersion[] = [];
  readonly #changes: Change[] = [];

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
    const { row } = await this.#see(table, await table.key(pk));
    return row && (copyOf(row) as R);
  }

  /** @returns the primary key; undefined when the database is to give one that is not `incrkey` */
  async insert<R extends RowType<R>>(admin: MAdmin<R>, row: Partial<R>): Promise<PkValue | undefined> {
    const table = tableOf(admin);
    const given = await table.withId(row as Row);
    this.#add({ op: 'insert', table: table.name, row: given.row });
    const pk = given.row[table.def.pk];
    if (pk === undefined || pk === null || Buffer.isBuffer(pk)) return undefined;
    const seen = this.#seen.get(nameOf(table, pk));
    if (seen) seen.row = given.row;
    return pk;
  }

  /** Changes the named fields. */
  async update<R extends RowType<R>>(admin: MAdmin<R>, pk: PkValue, changed: Partial<R>): Promise<void> {
    const table = tableOf(admin);
    const fields = changed as Row;
    const key = await table.key(pk);
    this.#add({ op: 'update', ...this.#target(table, key), fields });
    const seen = this.#seen.get(nameOf(table, key));
    if (seen?.row) seen.row = { ...seen.row, ...fields };
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
    const seen = this.#seen.get(nameOf(table, key));
    if (seen?.row) seen.row = { ...seen.row, [field]: sum(seen.row[field], by) };
  }

  async delete<R extends RowType<R>>(admin: MAdmin<R>, pk: PkValue): Promise<void> {
    const table = tableOf(admin);
    const key = await table.key(pk);
    this.#add({ op: 'delete', ...this.#target(table, key) });
    const seen = this.#seen.get(nameOf(table, key));
    if (seen && !seen.row) throw new NoSuchRow(table.name, key);
    if (seen) seen.row = null;
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

  async #see(table: TableAccess, key: PkValue): Promise<Seen> {
    const name = nameOf(table, key);
    const known = this.#seen.get(name);
    if (known) return known;
    const { row, version } = await table.readOne(key, this.#isRetry);
    const seen = this.#seen.get(name) ?? { version, row: this.#withOwn(table, key, row) };
    if (!this.#seen.has(name)) this.#reads.push({ table: table.name, pk: key, version });
    checkSize(this, this.#bound);
    this.#seen.set(name, seen);
    return seen;
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
        else if (row && change.op === 'update') row = { ...row, ...change.fields };
        else if (row && change.op === 'increment') row = { ...row, [change.field]: sum(row[change.field], change.by) };
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
    if (t.changes.length === 0) return result;
    try {
      await access.committer.commit(t.changes, t.reads, leases);
      return result;
    } catch (error) {
      if (!(error instanceof Conflict) || retries >= RETRIES) throw error;
      await delay(Math.random() * PAUSE_MS * 2 ** retries);
    }
  }
}

function sum(value: unknown, by: number | bigint): number | bigint {
  if (typeof value === 'bigint' || typeof by === 'bigint') return BigInt(value as number | bigint) + BigInt(by);
  return Number(value) + by;
}

function nameOf(table: TableAccess, key: PkValue): string {
  return `${table.name} ${key}`;
}
