/** Reads a table that was set aside, page by page, and writes what becomes of its rows. */
import type { Kysely } from 'firefly-ts/sql';
import type { Database } from '../columns';
import { olderName, tablesOf } from './aside';
import type { NewRow } from './rows';
import { integerOf, type OldRow } from './values';

const A_PAGE = 1_000;
const A_STATEMENT = 200;

/** What a table of an older server may be keyed by; the first that it has. */
const KEYS = ['id', 'friendId', 'characterId'];

export class Copy {
  readonly #db: Kysely<Record<string, Record<string, unknown>>>;
  readonly #tables: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(db: Database, tables: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#db = db as Kysely<Record<string, Record<string, unknown>>>;
    this.#tables = tables;
  }

  static async of(db: Database): Promise<Copy> {
    return new Copy(db, await tablesOf(db));
  }

  /** Rows of an older server's table, by key; none when it has no such table. */
  async *read(table: string): AsyncGenerator<OldRow> {
    const columns = this.#tables.get(olderName(table));
    const key = KEYS.find((column) => columns?.has(column));
    if (key === undefined) return;
    let last = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const page = await this.#db.selectFrom(olderName(table)).selectAll().where(key, '>', last).orderBy(key).limit(A_PAGE).execute();
      yield* page;
      if (page.length < A_PAGE) return;
      last = integerOf(page.at(-1)?.[key], last);
    }
  }

  /** @param from makes a row of ours; undefined for one that stays behind */
  async take(table: string, from: (old: OldRow) => NewRow | undefined): Promise<void> {
    let rows: NewRow[] = [];
    for await (const old of this.read(table)) {
      const row = from(old);
      if (row) rows.push(row);
      if (rows.length < A_STATEMENT) continue;
      await this.write(table, rows);
      rows = [];
    }
    await this.write(table, rows);
  }

  async write(table: string, rows: readonly NewRow[]): Promise<void> {
    for (let at = 0; at < rows.length; at += A_STATEMENT)
      await this.#db
        .insertInto(table)
        .values(rows.slice(at, at + A_STATEMENT))
        .execute();
  }

  /** Empties a table of ours that an earlier try may have filled from one of an older server. */
  async begin(table: string, from: string): Promise<void> {
    if (this.#tables.has(olderName(from))) await this.#db.deleteFrom(table).execute();
  }
}
