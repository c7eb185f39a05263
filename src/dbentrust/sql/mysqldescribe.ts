/** What information_schema says about a table, on MySQL and on MariaDB, which disagree about how a default is written. */
import { parseColumnType, unquote } from './columntype';
import type { ColumnInfo, Row, SqlExecutor, SqlValue, TableInfo } from './store';

const COLUMNS = `SELECT COLUMN_NAME AS name, COLUMN_TYPE AS sqlType, IS_NULLABLE AS nullable, COLUMN_DEFAULT AS preset, EXTRA AS extra, COLLATION_NAME AS collation
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`;

const KEYS = `SELECT INDEX_NAME AS keyName, COLUMN_NAME AS columnName FROM information_schema.STATISTICS
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX`;

const REFERENCES = `SELECT DISTINCT REFERENCED_TABLE_NAME AS parent FROM information_schema.KEY_COLUMN_USAGE
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY 1`;

/** MariaDB's JSON is LONGTEXT with a check of this form. */
const JSON_CHECKS = `SELECT CHECK_CLAUSE AS clause FROM information_schema.CHECK_CONSTRAINTS
  WHERE CONSTRAINT_SCHEMA = DATABASE() AND TABLE_NAME = ? AND CHECK_CLAUSE LIKE 'json_valid(%'`;

const LOOSE_ENGINE = `SELECT tables.ENGINE AS engine FROM information_schema.TABLES AS tables
  JOIN information_schema.ENGINES AS engines ON engines.ENGINE = tables.ENGINE
  WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ? AND COALESCE(engines.TRANSACTIONS, 'NO') <> 'YES'`;

const CHILDREN = `SELECT 1 FROM information_schema.REFERENTIAL_CONSTRAINTS
  WHERE UNIQUE_CONSTRAINT_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME = ? LIMIT 1`;

export async function describeMysql(executor: SqlExecutor, table: string): Promise<TableInfo | undefined> {
  const columns = await executor.query(COLUMNS, [table]);
  if (columns.rows.length === 0) return undefined;
  const version = await executor.query('SELECT VERSION() AS version');
  const mariaDb = String(version.rows[0]?.version).includes('MariaDB');
  const jsonColumns = new Set<string>();
  if (mariaDb) {
    for (const row of (await executor.query(JSON_CHECKS, [table])).rows) {
      const name = /^json_valid\(`(.+)`\)$/.exec(String(row.clause))?.[1];
      if (name) jsonColumns.add(name);
    }
  }
  const [loose] = (await executor.query(LOOSE_ENGINE, [table])).rows;
  const { rows: children } = await executor.query(CHILDREN, [table]);
  const info: TableInfo = {
    table,
    columns: new Map(),
    primaryKey: [],
    uniqueKeys: [],
    references: (await executor.query(REFERENCES, [table])).rows.map(({ parent }) => String(parent)),
    ...(children.length > 0 ? { referenced: true } : {}),
    ...(loose ? { looseEngine: String(loose.engine) } : {}),
  };
  for (const row of columns.rows) {
    const column = toColumn(row, mariaDb);
    info.columns.set(column.name, jsonColumns.has(column.name) ? asJson(column) : column);
  }
  for (const { keyName, columnName } of (await executor.query(KEYS, [table])).rows) {
    if (keyName === 'PRIMARY') info.primaryKey.push(String(columnName));
    else {
      const last = info.uniqueKeys.at(-1);
      if (last && last.name === keyName) last.columns.push(String(columnName));
      else info.uniqueKeys.push({ name: String(keyName), columns: [String(columnName)] });
    }
  }
  return info;
}

function toColumn(row: Row, mariaDb: boolean): ColumnInfo {
  const sqlType = String(row.sqlType);
  const extra = String(row.extra ?? '');
  const facts = parseColumnType(sqlType);
  const nullable = row.nullable === 'YES';
  const autoIncrement = /\bauto_increment\b/i.test(extra);
  const binaryText = typeof row.collation === 'string' && /(^binary$|_bin$)/.test(row.collation);
  return {
    name: String(row.name),
    sqlType,
    ...facts,
    nullable,
    autoIncrement,
    ...(typeof row.collation === 'string' && !binaryText ? { collation: row.collation } : {}),
    ...preset(
      row.preset ?? null,
      facts.type,
      nullable,
      autoIncrement,
      mariaDb ? 'quoted' : /DEFAULT_GENERATED/i.test(extra) ? 'expression' : 'plain',
    ),
    ...(/\b(VIRTUAL|STORED|PERSISTENT)\b/i.test(extra) ? { hasDefault: true, generated: true } : {}),
  };
}

/** MariaDB writes a default as SQL (`'abc'`, `NULL`, `current_timestamp()`); MySQL writes a literal bare and marks an expression in EXTRA. */
function preset(
  text: SqlValue,
  type: ColumnInfo['type'],
  nullable: boolean,
  autoIncrement: boolean,
  form: 'quoted' | 'plain' | 'expression',
): Pick<ColumnInfo, 'hasDefault' | 'default' | 'defaultExpression'> {
  if (text === null || (form === 'quoted' && text === 'NULL')) return { hasDefault: nullable || autoIncrement, default: null };
  const sql = String(text);
  if (form === 'expression' || /^current_timestamp/i.test(sql)) return { hasDefault: true, default: null, defaultExpression: sql };
  if (form === 'plain') return { hasDefault: true, default: literal(sql, type) };
  const quoted = /^'(.*)'$/s.exec(sql)?.[1];
  if (quoted !== undefined) return { hasDefault: true, default: literal(unquote(quoted), type) };
  if (/^[-+]?[0-9.]+(e[-+]?\d+)?$/i.test(sql)) return { hasDefault: true, default: literal(sql, type) };
  return { hasDefault: true, default: null, defaultExpression: sql };
}

/** A default's text as the value a row would have. */
export function literal(text: string, type: ColumnInfo['type']): SqlValue {
  if (type === 'float') return Number(text);
  if (type === 'blob') return Buffer.from(text, 'latin1');
  if (type !== 'int' || !/^[-+]?\d+$/.test(text)) return text;
  const exact = BigInt(text);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

function asJson(column: ColumnInfo): ColumnInfo {
  const { maxBytes: _, ...rest } = column;
  return { ...rest, type: 'json' };
}
