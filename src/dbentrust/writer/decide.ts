/**
 * What a group of changes makes of its rows, or why it is refused. Pure: looks at the rows in memory, changes nothing.
 *
 * `stepsOf` checks what needs no row; `decide` the rest, in the turn in which the changes are made.
 */
import { Conflict, NoSuchRow, RowRefused } from '../../errors';
import type { Change } from '../change';
import type { PkValue, Row } from '../port';
import { incremented } from './arithmetic';
import type { AfterImage } from './record';
import type { ManagedTable, RowState } from './table';
import { ValueRefused } from './values';

/** A change whose values were checked. */
export interface Step {
  readonly table: ManagedTable;
  readonly pk: PkValue;
  readonly change: Change;
  /** Checked: the complete row of an insert, the fields of an update. */
  readonly fields: Row | undefined;
}

/** What becomes of a row. */
export interface NextState {
  readonly row: RowState;
  readonly next: Row | null;
}

export interface Decision {
  readonly images: AfterImage[];
  /** Each row once. */
  readonly states: NextState[];
}

/** @param complete the whole row of an insert, defaults filled @throws NotManaged, RowRefused, PKValueError */
export function stepOf(table: ManagedTable, change: Exclude<Change, { op: 'insert' }>): Step {
  const pk = table.pkOf(change.pk);
  if (change.op !== 'update') return { table, pk, change, fields: undefined };
  const fields = table.check(pk, change.fields);
  const renamed = fields[table.pk.name];
  if (renamed !== undefined && String(renamed) !== String(pk)) {
    throw new RowRefused(table.name, pk, table.pk.name, 'a primary key does not change; insert a new row and delete this one');
  }
  return { table, pk, change, fields };
}

/**
 * @param rows the row of each step, in memory
 * @throws RowRefused, NoSuchRow, Conflict
 */
export function decide(steps: readonly Step[], rows: readonly RowState[]): Decision {
  const [only] = rows;
  if (only && steps.length === 1) {
    const { image, next } = made(steps[0] as Step, only, only.now);
    return { images: [image], states: [{ row: only, next }] };
  }
  const images: AfterImage[] = [];
  const states = new Map<RowState, Row | null>();
  for (const [index, step] of steps.entries()) {
    const row = rows[index] as RowState;
    const before = states.get(row);
    const { image, next } = made(step, row, before === undefined ? row.now : before);
    images.push(image);
    states.set(row, next);
  }
  return { images, states: [...states].map(([row, next]) => ({ row, next })) };
}

/** @param now the row as the steps before left it */
function made(step: Step, row: RowState, now: Row | null): { readonly image: AfterImage; readonly next: Row | null } {
  if (row.frozen !== undefined) throw new RowRefused(row.table.name, row.pk, null, `the row is in the quarantine: ${row.frozen}`);
  const fields = fieldsOf(step, now, row.version);
  return { image: { op: step.change.op, table: step.table.name, pk: row.pk, fields }, next: fields && { ...now, ...fields } };
}

/** @param version of the row before the group */
function fieldsOf({ table, pk, change, fields = {} }: Step, now: Row | null, version: number): Row | null {
  if (change.op === 'insert') {
    if (now) throw new RowRefused(table.name, pk, table.pk.name, 'a row with this primary key is there already');
    return fields;
  }
  if (!now) throw new NoSuchRow(table.name, pk);
  if (change.op !== 'increment' && change.ifVersion !== undefined && change.ifVersion !== version) throw new Conflict(table.name, pk);
  if (change.op === 'delete') return null;
  if (change.op === 'update') return fields;
  const column = table.column(pk, change.field);
  if (column === table.pk) throw new RowRefused(table.name, pk, column.name, 'a primary key does not change');
  try {
    return { [column.name]: incremented(column, now[column.name] ?? null, change) };
  } catch (error) {
    if (error instanceof ValueRefused) throw new RowRefused(table.name, pk, column.name, error.message);
    throw error;
  }
}
