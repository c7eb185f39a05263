/**
 * One cut: rows as they were at one moment, written to SQL inside one transaction.
 *
 * Deletes first, then updates on the primary key, then inserts, so that a unique value may change hands. Knows nothing of when and how often.
 */

import type { PkValue } from '../port';
import type { Row, SqlExecutor, SqlStore, SqlValue } from '../sql/store';
import { sizeOf } from '../writer/cleanrows';
import type { ManagedTable, RowState } from '../writer/table';
import { park } from './parked';
import type { TableSql } from './tablesql';

/** A row of the cut. The row itself may change while the cut is written; the image does not. */
export interface Image {
  readonly row: RowState;
  readonly now: Row | null;
  readonly version: number;
}

export interface Written {
  inserted: number;
  updated: number;
  deleted: number;
}

interface Plan {
  readonly deletes: PkValue[];
  /** Their unique values go to others: they get another before anything is updated. */
  readonly parked: RowState[];
  readonly updates: Row[];
  readonly inserts: Row[];
}

/**
 * Writes the images of all tables.
 *
 * @param sqlOf the texts of a table
 * @param ask whose stored state is read from SQL first: rows of which nobody knows it, or all, after somebody changed SQL by hand
 */
export async function writeCut(
  tx: SqlExecutor,
  images: readonly Image[],
  sqlOf: (table: ManagedTable) => TableSql,
  ask: 'unknown' | 'all' = 'unknown',
): Promise<Written> {
  const written: Written = { inserted: 0, updated: 0, deleted: 0 };
  const plans: [TableSql, ManagedTable, Plan][] = [];
  for (const [table, ofTable] of parentsFirst(byTable(images))) {
    const sql = sqlOf(table);
    const asked = ask === 'all' ? ofTable : ofTable.filter(({ row }) => row.stored === undefined);
    if (asked.length > 0) await askWhatIsStored(tx, table, sql, asked);
    plans.push([sql, table, plan(table, ofTable, written)]);
  }
  // Children go first and come last.
  for (const [sql, , { deletes }] of plans.toReversed()) {
    for (const batch of sql.batches(deletes)) await tx.query(sql.delete(batch.length), batch);
  }
  for (const [, table, { parked }] of plans) if (parked.length > 0) await park(tx, table, parked);
  for (const [sql, table, { updates, inserts }] of plans) {
    if (table.uniqueKeys.length === 0) await insertAll(tx, sql, [...updates, ...inserts], 'upsert');
    else await updateAll(tx, table, sql, updates);
  }
  for (const [sql, table, { inserts }] of plans) if (table.uniqueKeys.length > 0) await insertAll(tx, sql, inserts, 'insert');
  return written;
}

/** No id that was granted is granted again, also when the journal is gone. @param ids the last one granted, by table */
export async function writeIds(tx: SqlExecutor, dialect: SqlStore['dialect'], ids: ReadonlyMap<string, number>): Promise<void> {
  const raise =
    dialect === 'mysql'
      ? 'ON DUPLICATE KEY UPDATE next_id = GREATEST(next_id, VALUES(next_id))'
      : 'ON CONFLICT (name) DO UPDATE SET next_id = MAX(next_id, excluded.next_id)';
  for (const [table, last] of ids) await tx.query(`INSERT INTO firefly_ids (name, next_id) VALUES (?, ?) ${raise}`, [table, last + 1]);
}

function byTable(images: readonly Image[]): Map<ManagedTable, Image[]> {
  const tables = new Map<ManagedTable, Image[]>();
  for (const image of images) {
    const ofTable = tables.get(image.row.table);
    if (ofTable) ofTable.push(image);
    else tables.set(image.row.table, [image]);
  }
  return tables;
}

/** Tables behind those that they refer to; where they refer to each other in a circle, in any order. */
function parentsFirst(tables: Map<ManagedTable, Image[]>): [ManagedTable, Image[]][] {
  const byName = new Map([...tables].map((entry) => [entry[0].name, entry]));
  const ordered = new Set<[ManagedTable, Image[]]>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    const entry = byName.get(name);
    if (!entry || seen.has(name)) return;
    seen.add(name);
    for (const parent of entry[0].references) visit(parent);
    ordered.add(entry);
  };
  for (const name of byName.keys()) visit(name);
  return [...ordered];
}

/** Asks SQL for the rows, for a transaction that goes on from there. */
export async function askStored(tx: SqlExecutor, images: readonly Image[], sqlOf: (table: ManagedTable) => TableSql): Promise<void> {
  for (const [table, ofTable] of byTable(images)) await askWhatIsStored(tx, table, sqlOf(table), ofTable);
}

async function askWhatIsStored(tx: SqlExecutor, table: ManagedTable, sql: TableSql, images: readonly Image[]): Promise<void> {
  for (const batch of sql.batches(images)) {
    const { rows } = await tx.query(
      sql.selectToWrite(batch.length),
      batch.map(({ row }) => row.pk),
    );
    const found = new Map(rows.map((row) => [String(row[table.pk.name]), row]));
    for (const { row } of batch) row.stored = found.get(row.key) ?? null;
  }
}

function plan(table: ManagedTable, images: readonly Image[], written: Written): Plan {
  const deletes: PkValue[] = [];
  const parked: RowState[] = [];
  const updates: Row[] = [];
  const inserts: Row[] = [];
  const handed = handedOver(table, images);
  for (const { row, now } of images) {
    const stored = row.stored ?? null;
    if (!now) {
      if (!stored) continue;
      deletes.push(row.pk);
      written.deleted += 1;
    } else if (!stored) {
      inserts.push(now);
      written.inserted += 1;
    } else {
      written.updated += 1;
      if (handed.has(row) && table.referenced) {
        parked.push(row);
        updates.push(now);
      } else if (handed.has(row)) {
        deletes.push(row.pk);
        inserts.push(now);
      } else {
        updates.push(now);
      }
    }
  }
  return { deletes, parked, updates, inserts };
}

/**
 * Rows that hold, in SQL, a unique value that another row is to get by an update: chains and swaps no order of updates can write.
 *
 * They are deleted and inserted again in the same transaction, or parked where other tables refer to them.
 */
function handedOver(table: ManagedTable, images: readonly Image[]): Set<RowState> {
  const handed = new Set<RowState>();
  if (table.uniqueKeys.length === 0) return handed;
  const wanted = new Map<string, RowState>();
  for (const { row, now } of images) {
    if (now && row.stored) for (const { key, form } of table.uniqueValues(now)) wanted.set(`${key.name} ${form}`, row);
  }
  for (const { row, now } of images) {
    if (!now || !row.stored) continue;
    for (const { key, form } of table.uniqueValues(row.stored)) {
      const taker = wanted.get(`${key.name} ${form}`);
      if (taker && taker !== row) handed.add(row);
    }
  }
  return handed;
}

async function updateAll(tx: SqlExecutor, table: ManagedTable, sql: TableSql, rows: readonly Row[]): Promise<void> {
  if (!sql.hasOthers) return; // a table of nothing but its key
  for (const batch of sql.updateBatches(rows, sizeOf)) {
    const { affectedRows } = await tx.query(sql.update(batch.length), sql.updateValues(batch));
    if (affectedRows === batch.length) continue;
    // Somebody deleted rows by hand. What was acknowledged is not lost for that.
    const pks = batch.map((row) => row[table.pk.name] ?? null);
    const { rows: there } = await tx.query(sql.selectToWrite(batch.length), pks);
    const left = new Set(there.map((row) => String(row[table.pk.name])));
    const gone = batch.filter((row) => !left.has(String(row[table.pk.name])));
    await insertAll(tx, sql, gone, 'insert');
  }
}

async function insertAll(tx: SqlExecutor, sql: TableSql, rows: readonly Row[], verb: 'insert' | 'upsert'): Promise<void> {
  for (const batch of sql.batches(rows, sizeOf)) {
    const values: SqlValue[] = batch.flatMap((row) => sql.values(row));
    await tx.query(sql[verb](batch.length), values);
  }
}
