/**
 * Rows in memory are never written to, and never handed out.
 *
 * They are copied key by key: rows of many tables come by here, and of objects with many shapes V8 makes a spread four times as slowly.
 */
import type { Row, SqlValue } from '../sql/store';

/** A copy that its receiver may do with as it likes. */
export function copyOf(row: Row): Row {
  const copy: Row = {};
  for (const name of Object.keys(row)) {
    const value = row[name] as SqlValue;
    copy[name] = typeof value === 'object' && Buffer.isBuffer(value) ? Buffer.from(value) : value;
  }
  return copy;
}

/** Another row, with these fields changed. */
export function withFields(row: Row, fields: Row): Row {
  const changed: Row = {};
  for (const name of Object.keys(row)) changed[name] = row[name] as SqlValue;
  for (const name of Object.keys(fields)) changed[name] = fields[name] as SqlValue;
  return changed;
}
