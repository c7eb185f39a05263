/**
 * The quarantine: acknowledged rows that SQL refuses, kept in SQL until somebody decides.
 *
 * A row lies there with everything it is bound to: its atomic group, the groups that share a row with that one, and rows that give it a unique value. What is written
 * inside a flush's transaction counts here only once that is committed.
 */
import { Packr } from 'msgpackr';
import type { PkValue, Row } from '../port';
import type { SqlExecutor, SqlStore, SqlValue } from '../sql/store';

const CREATE = {
  mysql: `CREATE TABLE IF NOT EXISTS firefly_quarantine (id BIGINT NOT NULL PRIMARY KEY, group_id BIGINT NOT NULL,
    table_name VARCHAR(64) NOT NULL, pk TEXT NOT NULL, version BIGINT NOT NULL, reason TEXT NOT NULL, since VARCHAR(32) NOT NULL,
    image LONGBLOB NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin`,
  sqlite: `CREATE TABLE IF NOT EXISTS firefly_quarantine (id INTEGER NOT NULL PRIMARY KEY, group_id BIGINT NOT NULL,
    table_name TEXT NOT NULL, pk TEXT NOT NULL, version BIGINT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL, image BLOB NOT NULL)`,
};

const MAX_REASON = 1_000;
/** Ids in one statement. */
const BATCH = 500;
const packr = new Packr({ useRecords: false });

/** An acknowledged row that lies in the quarantine. */
export interface FrozenRow {
  readonly id: number;
  /** Rows of one group are released and dropped together. */
  readonly group: number;
  readonly table: string;
  readonly pk: PkValue;
  /** The row as it was acknowledged; null when it was deleted. */
  readonly now: Row | null;
  readonly version: number;
  readonly reason: string;
  /** When, as an ISO date. */
  readonly since: string;
}

/** A row on its way in. */
export type Frost = Pick<FrozenRow, 'table' | 'pk' | 'now' | 'version' | 'reason'>;

/** What a transaction did to the quarantine. Counts once it is committed. */
export interface Shift {
  readonly added: readonly FrozenRow[];
  readonly removed: readonly FrozenRow[];
}

export class Quarantine {
  readonly #rows = new Map<string, FrozenRow>();
  #lastId = 0;

  /** Makes the table where it is missing, and reads back what lies in it. To be called once nobody else can write. */
  async open(store: SqlStore): Promise<void> {
    if (!(await store.describe('firefly_quarantine'))) await store.query(CREATE[store.dialect]);
    for (const row of await this.stored(store)) this.#keep(row);
  }

  get size(): number {
    return this.#rows.size;
  }

  list(): FrozenRow[] {
    return [...this.#rows.values()];
  }

  of(table: string, pk: PkValue): FrozenRow | undefined {
    return this.#rows.get(nameOf(table, pk));
  }

  groupOf(id: number): FrozenRow[] {
    return this.list().filter(({ group }) => group === id);
  }

  /** What lies in SQL. */
  async stored(sql: SqlExecutor): Promise<FrozenRow[]> {
    return (await sql.query('SELECT * FROM firefly_quarantine ORDER BY id')).rows.map(fromSql);
  }

  /** Freezes the rows of one group. Those that lie here already are replaced, and what is bound to them comes into this group. */
  async add(tx: SqlExecutor, rows: readonly Frost[]): Promise<Shift> {
    const since = new Date().toISOString();
    const group = this.#lastId + 1;
    const known = rows.flatMap(({ table, pk }) => this.of(table, pk) ?? []);
    const bound = [...new Set(known.map((row) => row.group))].flatMap((id) => this.groupOf(id));
    const fresh = new Set(rows.map(({ table, pk }) => nameOf(table, pk)));
    const all = [...bound.filter(({ table, pk }) => !fresh.has(nameOf(table, pk))), ...rows];
    const added = all.map(({ table, pk, now, version, reason }): FrozenRow => {
      this.#lastId += 1;
      return { id: this.#lastId, group, table, pk, now, version, reason: reason.slice(0, MAX_REASON), since };
    });
    await deleteAll(tx, bound);
    for (const row of added) {
      await tx.query(
        'INSERT INTO firefly_quarantine (id, group_id, table_name, pk, version, reason, since, image) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        [row.id, row.group, row.table, String(row.pk), row.version, row.reason, row.since, packr.pack([row.pk, row.now])],
      );
    }
    return { added, removed: bound };
  }

  async remove(tx: SqlExecutor, rows: readonly FrozenRow[]): Promise<Shift> {
    await deleteAll(tx, rows);
    return { added: [], removed: rows };
  }

  /** The transaction is committed. */
  settle({ added, removed }: Shift): void {
    for (const { table, pk } of removed) this.#rows.delete(nameOf(table, pk));
    for (const row of added) this.#keep(row);
  }

  #keep(row: FrozenRow): void {
    this.#rows.set(nameOf(row.table, row.pk), row);
    this.#lastId = Math.max(this.#lastId, row.id);
  }
}

async function deleteAll(tx: SqlExecutor, rows: readonly FrozenRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += BATCH) {
    const ids = rows.slice(at, at + BATCH).map(({ id }) => id);
    await tx.query(`DELETE FROM firefly_quarantine WHERE id IN (${ids.map(() => '?').join(', ')})`, ids);
  }
}

function fromSql(row: Readonly<Record<string, SqlValue>>): FrozenRow {
  const [pk, now] = packr.unpack(row.image as Buffer) as [PkValue, Row | null];
  return {
    id: Number(row.id),
    group: Number(row.group_id),
    table: String(row.table_name),
    pk,
    now,
    version: Number(row.version),
    reason: String(row.reason),
    since: String(row.since),
  };
}

function nameOf(table: string, pk: PkValue): string {
  return `${table} ${pk}`;
}
