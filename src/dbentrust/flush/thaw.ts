/**
 * How rows leave the quarantine: tried again, or given up, each with those that it is bound to, in one transaction behind the fence.
 *
 * Knows nothing of flushes; whoever calls it sees to it that none runs meanwhile.
 */
import { NoSuchRow, NotManaged } from '../../errors';
import type { Logger } from '../../log/log';
import { faultPoint } from '../faults';
import type { PkValue } from '../port';
import type { SqlTransaction } from '../sql/store';
import type { ManagedTable } from '../writer/table';
import { askStored, type Image, type Written } from './cut';
import type { Fenced } from './fenced';
import type { FlushSource } from './flushsource';
import type { FrozenRow, Quarantine } from './quarantine';
import { isRefusal, tryAgain } from './sieve';
import type { TableSql } from './tablesql';

export interface ThawOptions {
  readonly quarantine: Quarantine;
  readonly source: FlushSource;
  readonly tables: ReadonlyMap<string, ManagedTable>;
  readonly fenced: Fenced;
  readonly textsOf: (table: ManagedTable) => TableSql;
  readonly log: Logger;
  /** Rows moved from memory to SQL, or the other way. */
  readonly moved: () => void;
}

/** A row left the quarantine, says the journal. */
export interface Thawed {
  readonly table: string;
  readonly pk: PkValue;
  readonly sequence: number;
}

interface Candidate {
  readonly frozen: FrozenRow;
  readonly image: Image;
}

export class Thaw {
  readonly #options: ThawOptions;

  constructor(options: ThawOptions) {
    this.#options = options;
  }

  /** A row of the quarantine with those it is bound to. @throws NoSuchRow when it does not lie there */
  groupOf(table: string, pk: PkValue): FrozenRow[] {
    const row = this.#options.quarantine.of(table, pk);
    if (!row) throw new NoSuchRow(`${table} (quarantine)`, pk);
    return this.#options.quarantine.groupOf(row.group);
  }

  /** All rows, but groups of which a table cannot be managed any more. */
  all(): FrozenRow[] {
    const { quarantine, tables } = this.#options;
    const unmanaged = new Set(quarantine.list().flatMap(({ table, group }) => (tables.has(table) ? [] : [group])));
    return quarantine.list().filter(({ group }) => !unmanaged.has(group));
  }

  /** Tries rows again, those of a group all or none. What SQL refuses still stays. @param rows of whole groups @throws NotManaged */
  async release(rows: readonly FrozenRow[]): Promise<Written> {
    const { quarantine, fenced, textsOf, log } = this.#options;
    const candidates = this.#candidates(rows);
    const groups = new Map<number, Image[]>(rows.map(({ group }) => [group, []]));
    for (const { frozen, image } of candidates) groups.get(frozen.group)?.push(image);
    let gone: Candidate[] = [];
    return fenced.run({
      run: async (tx) => {
        const { written, refused } = await tryAgain(tx, [...groups.values()], textsOf);
        const kept = new Set(refused.flatMap(({ images }) => images));
        gone = candidates.filter(({ image }) => !kept.has(image));
        await quarantine.remove(tx, frozenOf(gone));
        if (refused.length > 0)
          log.warn(
            { event: 'release refused', groups: refused.length, rows: kept.size },
            `${kept.size} rows of the quarantine are refused still`,
          );
        return written;
      },
      committed: () => {
        for (const { image } of gone) image.row.stored = image.now;
        this.#settle(frozenOf(gone), 'written');
      },
      failed: () => undefined,
      happened: (tx) => this.#areGone(tx, frozenOf(gone)),
    });
  }

  /** Forgets what rows were changed to: they are what SQL says. @param rows of whole groups */
  async drop(rows: readonly FrozenRow[]): Promise<void> {
    const { quarantine, fenced, tables } = this.#options;
    const managed = this.#candidates(rows.filter(({ table }) => tables.has(table)));
    await fenced.run({
      run: async (tx) => {
        await this.#lookUp(tx, managed);
        return quarantine.remove(tx, rows);
      },
      committed: () => this.#settle(rows, 'dropped'),
      failed: () => undefined,
      happened: (tx) => this.#areGone(tx, rows),
    });
  }

  /** Takes out what left the quarantine already, and lies there again since the database was restored from before. Their tables are not managed yet. */
  async forget(thawed: readonly Thawed[]): Promise<void> {
    const { quarantine, fenced } = this.#options;
    const rows = new Map<number, FrozenRow>();
    for (const { table, pk, sequence } of thawed) {
      const row = quarantine.of(table, pk);
      if (row && row.version < sequence) rows.set(row.id, row);
    }
    if (rows.size === 0) return;
    await fenced.run({
      run: (tx) => quarantine.remove(tx, [...rows.values()]),
      committed: (shift) => quarantine.settle(shift),
      failed: () => undefined,
      happened: (tx) => this.#areGone(tx, [...rows.values()]),
    });
  }

  /** What dropped rows are from now on, for the journal. A table that is gone keeps nobody from dropping its rows. */
  async #lookUp(tx: SqlTransaction, candidates: readonly Candidate[]): Promise<void> {
    const images = candidates.map(({ image }) => image);
    try {
      await tx.savepoint(() => askStored(tx, images, this.#options.textsOf));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      for (const { row } of images) row.stored = undefined;
    }
  }

  #candidates(rows: readonly FrozenRow[]): Candidate[] {
    return rows.map((frozen) => {
      const { table: name, pk, now, version } = frozen;
      const table = this.#options.tables.get(name);
      if (!table) throw new NotManaged(name);
      const key = String(pk);
      const row = table.rows.get(key) ?? { table, pk, key, now, stored: undefined, version, dirty: false };
      return { frozen, image: { row, now, version } };
    });
  }

  async #areGone(tx: SqlTransaction, rows: readonly FrozenRow[]): Promise<boolean> {
    const ids = new Set((await this.#options.quarantine.stored(tx)).map(({ id }) => id));
    return rows.every(({ id }) => !ids.has(id));
  }

  #settle(rows: readonly FrozenRow[], how: 'written' | 'dropped'): void {
    faultPoint('flush.thawed');
    this.#options.moved();
    this.#options.quarantine.settle({ added: [], removed: rows });
    this.#options.source.thawed(rows, how);
  }
}

function frozenOf(candidates: readonly Candidate[]): FrozenRow[] {
  return candidates.map(({ frozen }) => frozen);
}
