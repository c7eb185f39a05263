/** Rows in memory are never written to, and never handed out. */
import type { Row } from '../sql/store';

/** A copy that its receiver may do with as it likes. */
export function copyOf(row: Row): Row {
  const copy: Row = { ...row };
  for (const name in copy) {
    const value = copy[name];
    if (typeof value === 'object' && Buffer.isBuffer(value)) copy[name] = Buffer.from(value);
  }
  return copy;
}
