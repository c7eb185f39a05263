/**
 * Blocks of ids, granted from the table `firefly_ids` and never twice.
 *
 * A block lies above everything the column has held: the last block, AUTO_INCREMENT, the largest value in SQL and those not flushed yet. It is committed before it is granted; holes are allowed.
 */
import { RowRefused } from '../errors';
import type { IdBlock } from './port';
import { quoteName } from './sql/identifier';
import type { SqlExecutor, SqlStore } from './sql/store';
import type { ManagedTable } from './table';

const CREATE = {
  mysql: `CREATE TABLE IF NOT EXISTS firefly_ids (
    name VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL PRIMARY KEY, next_id BIGINT NOT NULL) ENGINE=InnoDB`,
  sqlite: 'CREATE TABLE IF NOT EXISTS firefly_ids (name TEXT NOT NULL PRIMARY KEY, next_id BIGINT NOT NULL)',
};

/** Most ids in a block. */
export const MAX_BLOCK = 100_000;

export async function createIdTable(store: SqlStore): Promise<void> {
  await store.query(CREATE[store.dialect]);
}

/** @throws RowRefused when the column's range is used up */
export async function takeIds(store: SqlStore, table: ManagedTable, count: number): Promise<IdBlock> {
  const column = table.incrkey ?? table.pk;
  if (column.type !== 'int') throw new RowRefused(table.name, null, column.name, `${column.sqlType} takes no automatic ids`);
  const last = column.max === undefined || column.max > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(column.max);
  return store.transaction(async (tx) => {
    await tx.query(`INSERT ${store.dialect === 'mysql' ? 'IGNORE' : 'OR IGNORE'} INTO firefly_ids (name, next_id) VALUES (?, 1)`, [
      table.name,
    ]);
    const lock = store.dialect === 'mysql' ? ' FOR UPDATE' : '';
    const { rows } = await tx.query(`SELECT next_id FROM firefly_ids WHERE name = ?${lock}`, [table.name]);
    let first = Math.max(Number(rows[0]?.next_id ?? 1), table.topId + 1, await autoIncrement(tx, store.dialect, table.name));
    for (const { name } of table.idColumns) {
      const { rows: tops } = await tx.query(`SELECT MAX(${quoteName(name)}) AS top FROM ${quoteName(table.name)}`);
      first = Math.max(first, Number(tops[0]?.top ?? 0) + 1);
    }
    if (first + count - 1 > last) throw new RowRefused(table.name, null, column.name, `no ids are left below ${last}`);
    await tx.query('UPDATE firefly_ids SET next_id = ? WHERE name = ?', [first + count, table.name]);
    return { first, count };
  });
}

/** The next value the database itself would give; 0 where it counts none. */
async function autoIncrement(tx: SqlExecutor, dialect: SqlStore['dialect'], table: string): Promise<number> {
  if (dialect === 'mysql') {
    // information_schema would be simpler, but MySQL 8 answers from statistics that may be a day old.
    const { rows } = await tx.query(`SHOW CREATE TABLE ${quoteName(table)}`);
    return Number(/^\).*?\bAUTO_INCREMENT=(\d+)/m.exec(String(rows[0]?.['Create Table'] ?? ''))?.[1] ?? 0);
  }
  const { rows: counted } = await tx.query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'sqlite_sequence'");
  if (counted.length === 0) return 0;
  const { rows } = await tx.query('SELECT seq FROM sqlite_sequence WHERE name = ?', [table]);
  return rows[0] ? Number(rows[0].seq) + 1 : 0;
}
