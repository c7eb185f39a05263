/** Dirty rows of a table by the value of its foreign key, which SQL does not know of yet. */
import type { ColumnInfo, SqlValue } from '../sql/store';
import type { RowState } from './table';
import { uniqueForm } from './values';

export class FkHolders {
  readonly #rows = new Map<string, Set<RowState>>();

  /** @param fk undefined for a table that was registered without one */
  of(fk: ColumnInfo | undefined, value: SqlValue): Iterable<RowState> {
    const form = fk && uniqueForm(fk, value);
    return (form === undefined ? undefined : this.#rows.get(form)) ?? [];
  }

  hold(fk: ColumnInfo | undefined, row: RowState): void {
    const form = formOf(fk, row);
    if (form === undefined) return;
    const holders = this.#rows.get(form);
    if (holders) holders.add(row);
    else this.#rows.set(form, new Set([row]));
  }

  release(fk: ColumnInfo | undefined, row: RowState): void {
    const form = formOf(fk, row);
    const holders = form === undefined ? undefined : this.#rows.get(form);
    if (form === undefined || !holders?.delete(row)) return;
    if (holders.size === 0) this.#rows.delete(form);
  }
}

function formOf(fk: ColumnInfo | undefined, { now }: RowState): string | undefined {
  return fk && now ? uniqueForm(fk, now[fk.name] ?? null) : undefined;
}
