/** The data layer as handler modules see it: Firefly's `MAdmin`, and SQL for what is not access to a row. */
import { type MAdminOptions, MAdmin as TableAdmin } from '../dbentrust/face/madmin';
import { MemObject as CachedObject } from '../dbentrust/face/memobject';
import { transaction as runTransaction, type Transaction, type TransactionOptions } from '../dbentrust/face/transaction';
import type { Field, NumericField, RowType } from '../dbentrust/face/typedrow';
import type { Migration, Row, SqlResult, SqlValue } from '../dbentrust/sql/store';
import { StartFailed } from '../errors';
import { GlobalObject } from './globalobject';

/**
 * The rows of one table.
 *
 * ```ts
 * const items = new MAdmin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
 * ```
 * Made when the module loads, used from `onStart` on.
 */
export class MAdmin<R extends RowType<R> = Row> extends TableAdmin<R> {
  /** @param pk name of the primary key's column */
  constructor(table: string, pk: string, options: MAdminOptions = {}) {
    super(() => nodeData('data', `MAdmin('${table}')`), table, pk, options);
  }
}

/** How a table with declared rows is used: `MAdminOptions`, with names that the row has. */
export interface TableOptions<R> extends MAdminOptions {
  /** Column of the primary key. */
  readonly pk: Field<R>;
  readonly fk?: Field<R>;
  readonly incrkey?: NumericField<R>;
}

/**
 * The rows of one table, with the type of a row: an `MAdmin` in which a misspelt field does not compile.
 *
 * ```ts
 * interface Character { id: number; nickname: string; coin: number; guild: number | null }
 * const characters = defineTable<Character>('tb_character', { pk: 'id', incrkey: 'id' });
 * ```
 * The columns are the database's: what the type says of them is believed, and what it gets wrong is RowRefused where it is used.
 */
export function defineTable<R extends RowType<R>>(table: string, { pk, ...options }: TableOptions<R>): MAdmin<R> {
  return new MAdmin<R>(table, pk, options);
}

/**
 * An object that lives in memcached only, for what may be lost: `new MemObject('today').incr('visits')`.
 *
 * Made when the module loads, used from `onStart` on.
 */
export class MemObject extends CachedObject {
  /** @param name unique in the cluster; first part of its keys, behind the hostname */
  constructor(name: string) {
    super(() => nodeData('data', `MemObject('${name}')`), name);
  }
}

/**
 * Changes several rows together, all or none, on the strength of what was read of them:
 *
 * ```ts
 * await transaction(async (t) => {
 *   const account = await t.get(accounts, from);
 *   if (!account || Number(account.coin) < 100) throw new Error('too poor');
 *   await t.update(accounts, from, { coin: Number(account.coin) - 100 });
 *   await t.increment(accounts, to, 'coin', 100);
 * });
 * ```
 * @param body runs again, up to 5 times, when a row that it read has changed meanwhile; it must do nothing that cannot be done twice
 * @param options `holding`: handles whose `lock()` it is made under; a row that is locked takes no change of a transaction that does not name its handle
 * @returns what the body returned
 * @throws TransactionTooLarge, Conflict, RowRefused, NoSuchRow, RowLocked, LeaseLost, and what the body throws: nothing is changed then
 */
export function transaction<T>(body: (t: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
  return runTransaction(nodeData('data', 'transaction'), body, options);
}

/** SQL for what is not access to a row by its key: names, counts, lists. Runs in dbfront. */
export const db = {
  /**
   * Runs one statement with bound parameters.
   *
   * @param options `fresh`: first write every change that was acknowledged before this call
   * @throws RowRefused for a statement that writes a managed table, StoreDown when the database is away
   */
  query(sql: string, params: readonly SqlValue[] = [], options: { fresh?: boolean } = {}): Promise<SqlResult> {
    return nodeData('sql', 'db.query').query(sql, params, options);
  },

  /** Writes every change that was acknowledged before this call to the database. */
  async flush(): Promise<void> {
    await nodeData('sql', 'db.flush').flush();
  },
};

/**
 * Brings the database's tables up to date. Only in the node that writes (dbfront), in `onStart`.
 *
 * @param migrations kysely migrations by name; run in the order of the names, each once
 * @returns the names that ran now
 * @throws StartFailed naming the migration that failed
 */
export async function migrate(migrations: Record<string, Migration>): Promise<string[]> {
  const { migrate: run } = nodeData('sql', 'migrate');
  if (!run) throw new StartFailed('migrate: this node does not write the database; call it in dbfront');
  return run(migrations);
}

function nodeData<K extends 'data' | 'sql'>(key: K, caller: string) {
  const found = GlobalObject().node[key];
  if (!found) {
    throw new StartFailed(`${caller}: this node has no stores yet; set "db" and "mem" for it in the config, and use them from onStart on`);
  }
  return found;
}
