/**
 * Writes what SQL takes of a cut, and finds what it refuses, inside one transaction.
 *
 * All of it under one savepoint; when SQL refuses that, one half and then the other, down to the rows that stand and fall together.
 */
import { SqlRefused } from '../../errors';
import type { SqlTransaction } from '../sql/store';
import type { ManagedTable } from '../writer/table';
import { componentsOf } from './components';
import { type Image, type Written, writeCut } from './cut';
import type { Cut } from './flushsource';
import type { Quarantine } from './quarantine';
import type { TableSql } from './tablesql';

/** Rows that are bound to each other, and why SQL does not take them. */
export interface Refused {
  readonly images: readonly Image[];
  readonly kind: string;
  readonly reason: string;
}

export interface Sieved {
  readonly written: Written;
  readonly refused: readonly Refused[];
}

/** Whether the database says no to these rows for good; anything else is its own trouble, or passes. */
export function isRefusal(error: unknown): error is Error {
  return (error instanceof SqlRefused && error.kind !== 'conflict') || error instanceof TypeError || error instanceof RangeError;
}

export async function sieve(
  tx: SqlTransaction,
  cut: Cut,
  sqlOf: (table: ManagedTable) => TableSql,
  quarantine: Quarantine,
): Promise<Sieved> {
  const attempt = new Attempt(tx, sqlOf);
  const frozenOf = ({ row }: Image) => quarantine.of(row.table.name, row.pk);
  const touchesFrozen = quarantine.size > 0 && cut.images.some((image) => frozenOf(image) !== undefined);
  if (!touchesFrozen && (await attempt.write(cut.images)) === undefined) return { written: attempt.written, refused: [] };

  const components = componentsOf(cut.images, cut.groups, (row) => quarantine.of(row.table.name, row.pk)?.group);
  const refused: Refused[] = [];
  const open: Image[][] = [];
  for (const images of components) {
    // Changed after the cut in which it froze, and before anybody knew.
    const frozen = images.map(frozenOf).find((row) => row !== undefined);
    if (frozen) refused.push({ images, kind: 'frozen', reason: frozen.reason });
    else open.push(images);
  }
  return { written: attempt.written, refused: [...refused, ...(await attempt.writeWhatGoes(open, !touchesFrozen))] };
}

/** Tries rows of the quarantine again, each of `components` all or nothing. Somebody has changed SQL by hand, as a rule: what it holds is asked. */
export async function tryAgain(
  tx: SqlTransaction,
  components: readonly (readonly Image[])[],
  sqlOf: (table: ManagedTable) => TableSql,
): Promise<Sieved> {
  const attempt = new Attempt(tx, sqlOf, 'all');
  return { written: attempt.written, refused: await attempt.writeWhatGoes(components, false) };
}

class Attempt {
  readonly written: Written = { inserted: 0, updated: 0, deleted: 0 };
  readonly #tx: SqlTransaction;
  readonly #sqlOf: (table: ManagedTable) => TableSql;
  readonly #ask: 'unknown' | 'all';

  constructor(tx: SqlTransaction, sqlOf: (table: ManagedTable) => TableSql, ask: 'unknown' | 'all' = 'unknown') {
    this.#tx = tx;
    this.#sqlOf = sqlOf;
    this.#ask = ask;
  }

  /** @returns why SQL refused them; undefined when they are written */
  async write(images: readonly Image[], ask = this.#ask): Promise<Error | undefined> {
    if (images.length === 0) return undefined;
    try {
      const done = await this.#tx.savepoint(() => writeCut(this.#tx, images, this.#sqlOf, ask));
      this.written.inserted += done.inserted;
      this.written.updated += done.updated;
      this.written.deleted += done.deleted;
      return undefined;
    } catch (error) {
      if (isRefusal(error)) return error;
      throw error;
    }
  }

  /** @param tried whether all together were refused already */
  async writeWhatGoes(components: readonly (readonly Image[])[], tried: boolean): Promise<Refused[]> {
    const refused: Refused[] = [];
    for (let open = components; open.length > 0; tried = false) {
      const failed = await this.#halve(open, tried);
      const again = failed.filter(({ kind }) => kind === 'constraint');
      // What refers to a row that was written after it may do now.
      if (again.length === 0 || failed.length === open.length) return [...refused, ...failed];
      refused.push(...failed.filter(({ kind }) => kind !== 'constraint'));
      open = again.map(({ images }) => [...images]);
    }
    return refused;
  }

  async #halve(components: readonly (readonly Image[])[], tried: boolean): Promise<Refused[]> {
    const [first] = components;
    if (first === undefined) return [];
    if (components.length === 1) {
      // Somebody may have changed SQL by hand: what it holds is asked before anybody gives up.
      const error = await this.write(first, 'all');
      return error ? [{ images: first, kind: error instanceof SqlRefused ? error.kind : 'value', reason: error.message }] : [];
    }
    if (!tried && (await this.write(components.flat())) === undefined) return [];
    const middle = components.length >> 1;
    const left = await this.#halve(components.slice(0, middle), false);
    return [...left, ...(await this.#halve(components.slice(middle), false))];
  }
}
