/** What SQLite's catalogue says about a table, in the words that MySQL's would use. */
import { intRange, parseColumnType } from './columntype';
import { literal } from './mysqldescribe';
import type { ColumnInfo, Row, SqlExecutor, SqlValue, TableInfo } from './store';

export async function describeSqlite(executor: SqlExecutor, table: string): Promise<TableInfo | undefined> {
  const { rows } = await executor.query(
    'SELECT name, type, "notnull" AS required, dflt_value AS preset, pk, hidden FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid',
    [table],
  );
  if (rows.length === 0) return undefined;
  const primaryKey = rows
    .filter((row) => Number(row.pk) > 0)
    .sort((a, b) => Number(a.pk) - Number(b.pk))
    .map((row) => String(row.name));
  const { rows: parents } = await executor.query('SELECT DISTINCT "table" AS parent FROM pragma_foreign_key_list(?) ORDER BY 1', [table]);
  const references = parents.map(({ parent }) => String(parent));
  const { rows: children } = await executor.query(
    `SELECT 1 FROM sqlite_master AS child, pragma_foreign_key_list(child.name) AS list WHERE child.type = 'table' AND list."table" = ? COLLATE NOCASE LIMIT 1`,
    [table],
  );
  const referenced = children.length > 0 ? { referenced: true } : {};
  const info: TableInfo = { table, columns: new Map(), primaryKey, uniqueKeys: [], references, ...referenced };
  for (const row of rows) info.columns.set(String(row.name), toColumn(row, primaryKey));
  const keys = await executor.query(
    `SELECT list.name AS keyName, info.name AS columnName FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info
     WHERE list."unique" = 1 AND list.origin <> 'pk' AND list.partial = 0 ORDER BY list.name, info.seqno`,
    [table],
  );
  for (const { keyName, columnName } of keys.rows) {
    const last = info.uniqueKeys.at(-1);
    if (last && last.name === keyName) last.columns.push(String(columnName));
    else info.uniqueKeys.push({ name: String(keyName), columns: [String(columnName)] });
  }
  return info;
}

function toColumn(row: Row, primaryKey: readonly string[]): ColumnInfo {
  const name = String(row.name);
  const sqlType = String(row.type).toLowerCase();
  // An INTEGER PRIMARY KEY is SQLite's row id: 64 bits, counted up by itself.
  const rowId = sqlType === 'integer' && primaryKey.length === 1 && primaryKey[0] === name;
  const facts = rowId ? { type: 'int' as const, ...intRange(64, false) } : parseColumnType(sqlType);
  const inKey = primaryKey.includes(name);
  const nullable = row.required === 0 && !inKey;
  const generated = row.hidden === 2 || row.hidden === 3;
  return {
    name,
    sqlType,
    ...facts,
    nullable,
    autoIncrement: rowId,
    ...preset(row.preset ?? null, facts.type, nullable || rowId),
    ...(generated ? { hasDefault: true, generated } : {}),
  };
}

function preset(
  text: SqlValue,
  type: ColumnInfo['type'],
  optional: boolean,
): Pick<ColumnInfo, 'hasDefault' | 'default' | 'defaultExpression'> {
  if (text === null || /^null$/i.test(String(text))) return { hasDefault: optional, default: null };
  const sql = String(text);
  const quoted = /^'((?:[^']|'')*)'$/s.exec(sql)?.[1];
  if (quoted !== undefined) return { hasDefault: true, default: literal(quoted.replaceAll("''", "'"), type) };
  if (/^[-+]?[0-9.]+(e[-+]?\d+)?$/i.test(sql)) return { hasDefault: true, default: literal(sql, type) };
  if (/^(true|false)$/i.test(sql)) return { hasDefault: true, default: /^true$/i.test(sql) ? 1 : 0 };
  return { hasDefault: true, default: null, defaultExpression: sql };
}
