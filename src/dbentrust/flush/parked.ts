/**
 * Rows that give a unique value away get another for a moment, so that updates may follow in any order.
 *
 * For tables that others refer to: to delete such a row and make it anew, as elsewhere, would take along what refers to it (ON DELETE CASCADE).
 */
import { randomBytes, randomInt } from 'node:crypto';
import { quoteName } from '../sql/identifier';
import type { ColumnInfo, SqlExecutor, SqlValue } from '../sql/store';
import type { ManagedTable, RowState } from '../writer/table';

const TEXT = 24;

/** @throws RangeError when a unique key has no column that takes a value of nobody's */
export async function park(tx: SqlExecutor, table: ManagedTable, rows: readonly RowState[]): Promise<void> {
  const columns = new Set<ColumnInfo>();
  for (const key of table.uniqueKeys) {
    if (key.columns.includes(table.pk)) continue; // differs by the primary key
    const column = key.columns.find(({ nullable }) => nullable) ?? key.columns.find(takesAny);
    if (!column)
      throw new RangeError(`${table.name}: values of unique key ${key.name} cannot change hands while other tables refer to the rows`);
    columns.add(column);
  }
  if (columns.size === 0) return;
  const set = [...columns].map(({ name }) => `${quoteName(name)} = ?`).join(', ');
  const sql = `UPDATE ${quoteName(table.name)} SET ${set} WHERE ${quoteName(table.pk.name)} = ?`;
  for (const { pk } of rows) await tx.query(sql, [...[...columns].map(nobodys), pk]);
}

function takesAny({ type, values }: ColumnInfo): boolean {
  return type === 'int' || (type === 'text' && values === undefined);
}

/** One that is taken all the same is refused by the unique key, and the row waits in the quarantine. */
function nobodys({ nullable, type, maxLength = TEXT, max }: ColumnInfo): SqlValue {
  if (nullable) return null;
  if (type === 'text') return randomBytes(TEXT).toString('base64url').slice(0, Math.min(TEXT, maxLength));
  const top = max === undefined || max > 2n ** 47n ? 2 ** 47 : Number(max);
  return randomInt(Math.floor(top / 2), top);
}
