/** Which tables the writer can take into its care, and what to do about those that it cannot. Pure. */
import { StartFailed } from '../../errors';
import type { TableDef } from '../port';
import type { TableInfo } from '../sql/store';

/** @throws StartFailed with the reason and the fix */
export function checkManageable(def: TableDef, info: TableInfo): void {
  const pk = info.columns.get(def.pk);
  if (info.looseEngine !== undefined) {
    throw new StartFailed(
      `table ${info.table}: its engine ${info.looseEngine} has no transactions, so a crash could leave half a flush in it; ALTER TABLE ${info.table} ENGINE=InnoDB`,
    );
  }
  if (info.primaryKey.length !== 1 || info.primaryKey[0] !== def.pk) {
    const has = info.primaryKey.length === 0 ? 'no primary key' : `the primary key (${info.primaryKey.join(', ')})`;
    throw new StartFailed(
      `table ${info.table} has ${has} and is registered with '${def.pk}'; a managed table needs a primary key of exactly that one column`,
    );
  }
  if (pk?.type !== 'int' && pk?.type !== 'text') {
    throw new StartFailed(`table ${info.table}: the primary key ${def.pk} is ${pk?.sqlType}; a managed table needs an integer or a text`);
  }
  const generated = [...info.columns.values()].find((column) => column.generated);
  if (generated) throw new StartFailed(`table ${info.table}: the database computes column ${generated.name}; move it to a view`);
}
