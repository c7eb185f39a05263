/**
 * The fence: one row in SQL that says how far SQL follows which journal, and whose flushes count.
 *
 * Whoever flushes locks that row first and finds its own epoch there, or stops for good. A successor ends the connection that holds the lock, so that a frozen
 * predecessor finds its transaction gone when it wakes up.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Replaced, SqlRefused, StartFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { Applied, Journal } from '../journal/contract';
import type { SqlExecutor, SqlStore } from '../sql/store';

/** The connection is the server's number for it; on SQLite, which has none, the process. */
const CREATE = {
  mysql: `CREATE TABLE IF NOT EXISTS firefly_applied (id INT NOT NULL PRIMARY KEY,
    journal_uuid VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL, position BIGINT NOT NULL, epoch BIGINT NOT NULL, connection_id BIGINT NOT NULL) ENGINE=InnoDB`,
  sqlite: `CREATE TABLE IF NOT EXISTS firefly_applied (id INTEGER NOT NULL PRIMARY KEY,
    journal_uuid TEXT NOT NULL, position BIGINT NOT NULL, epoch BIGINT NOT NULL, connection_id BIGINT NOT NULL)`,
};

/** How long a transaction of the predecessor may take to end by itself, and how often it is ended after that. */
const PATIENCE_MS = 1_000;
/** The server's code for a connection that is gone already. */
const NO_SUCH_THREAD = 1094;

export class Fence {
  readonly #store: SqlStore;
  readonly #log: Logger;
  readonly #enter: string;
  #epoch: number | undefined;
  /** The highest position that this writer knows to be committed. */
  #reached = 0;

  constructor(store: SqlStore, log: Logger) {
    this.#store = store;
    this.#log = log;
    // One statement that locks the row, proves the epoch, and tells a successor whom to end.
    this.#enter = `UPDATE firefly_applied SET connection_id = ${connectionOf(store)} WHERE id = 1 AND epoch = ?`;
  }

  /** Makes the table where it is missing. Waits for nobody's lock. */
  async open(): Promise<void> {
    const store = this.#store;
    if (!(await store.describe('firefly_applied'))) await store.query(CREATE[store.dialect]);
    if (await this.#read(store)) return;
    const insert = store.dialect === 'mysql' ? 'INSERT IGNORE' : 'INSERT OR IGNORE';
    await store.query(`${insert} INTO firefly_applied (id, journal_uuid, position, epoch, connection_id) VALUES (1, '', 0, 0, 0)`);
  }

  /** How far SQL follows which journal; undefined where it never followed one. */
  async current(): Promise<Applied | undefined> {
    const row = await this.#read(this.#store);
    return row && row.uuid !== '' ? row : undefined;
  }

  /**
   * From here on no flush of an earlier epoch is committed.
   *
   * @returns how far SQL is; the predecessor may have got further since `current`
   * @throws StartFailed when SQL follows another journal or a later epoch of this one, or when the lock cannot be had
   */
  async takeOver({ uuid, epoch }: Pick<Journal, 'uuid' | 'epoch'>): Promise<Applied> {
    const taking = this.#store.transaction(async (tx) => {
      const row = await this.#read(tx, this.#store.dialect === 'mysql' ? ' FOR UPDATE' : '');
      if (!row) throw new StartFailed('table firefly_applied lost its row while the writer started; start again');
      if (row.uuid !== '' && row.uuid !== uuid) throw new StartFailed(otherJournal(row.uuid, uuid));
      if (row.epoch >= epoch) throw new StartFailed(laterEpoch(row.epoch, epoch));
      await tx.query(`UPDATE firefly_applied SET journal_uuid = ?, epoch = ?, connection_id = ${connectionOf(this.#store)} WHERE id = 1`, [
        uuid,
        epoch,
      ]);
      return { uuid, position: row.position };
    });
    try {
      if (this.#store.dialect === 'mysql') await this.#endHolders(taking);
      const applied = await taking;
      this.#epoch = epoch;
      this.#reached = applied.position;
      return applied;
    } catch (error) {
      if (!(error instanceof SqlRefused && error.kind === 'conflict')) throw error;
      throw new StartFailed(await this.#locked(), { cause: error });
    }
  }

  /**
   * The first thing in a flush's transaction.
   *
   * @returns the position that SQL is at
   * @throws Replaced when a successor took over, or the database is not what this writer wrote to any more
   */
  async enter(tx: SqlExecutor): Promise<number> {
    if (this.#epoch === undefined) throw new StartFailed('a flush before the writer took over');
    const { affectedRows } = await tx.query(this.#enter, [this.#epoch]);
    const row = await this.#read(tx);
    if (affectedRows === 0 || !row) {
      throw new Replaced(
        `the writer of epoch ${this.#epoch} was replaced by that of epoch ${row?.epoch ?? 'nobody knows which'}; it flushes no more`,
      );
    }
    if (row.position < this.#reached)
      throw new Replaced(
        `the database went back from position ${this.#reached} to ${row.position}: a backup or a replica that lags took its place; the next start brings what it lacks from the journal`,
      );
    return row.position;
  }

  /** A flush is committed. */
  reached(position: number): void {
    this.#reached = Math.max(this.#reached, position);
  }

  /** The last thing in it: SQL holds everything up to that position once this is committed. */
  async advance(tx: SqlExecutor, position: number): Promise<void> {
    await tx.query('UPDATE firefly_applied SET position = ? WHERE id = 1', [position]);
  }

  async #read(sql: SqlExecutor, lock = ''): Promise<Required<Applied> | undefined> {
    const { rows } = await sql.query(`SELECT journal_uuid, position, epoch FROM firefly_applied WHERE id = 1${lock}`);
    const [row] = rows;
    return row && { uuid: String(row.journal_uuid), position: Number(row.position), epoch: Number(row.epoch) };
  }

  /** While the lock is not had: ends the connection that holds it, as it wrote down in the same statement in which it took it. */
  async #endHolders(taking: Promise<unknown>): Promise<void> {
    const settled = taking.then(
      () => true,
      () => true,
    );
    for (;;) {
      const patience = new AbortController();
      const waited = delay(PATIENCE_MS, false, { signal: patience.signal }).catch(() => true);
      if (await Promise.race([settled, waited])) return patience.abort();
      await this.#endHolder();
    }
  }

  async #endHolder(): Promise<void> {
    const { rows } = await this.#store.peek('SELECT connection_id FROM firefly_applied WHERE id = 1');
    const id = Number(rows[0]?.connection_id ?? 0);
    // After a restart of the server its numbers begin anew: a connection of another user or database is nobody's predecessor.
    const { rows: alive } = await this.#store.query(
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ? AND DB = DATABASE() AND USER = SUBSTRING_INDEX(USER(), '@', 1)",
      [id],
    );
    if (alive.length === 0) return;
    this.#log.warn(
      { event: 'predecessor ended', connection: id },
      `the last writer holds firefly_applied locked; ending its connection ${id}`,
    );
    try {
      await this.#store.query(`KILL ${id}`);
    } catch (error) {
      if (((error as Error).cause as { errno?: number } | undefined)?.errno !== NO_SUCH_THREAD) throw error;
    }
  }

  async #locked(): Promise<string> {
    const { rows } = await this.#store.query('SELECT connection_id FROM firefly_applied WHERE id = 1');
    const holder = Number(rows[0]?.connection_id ?? 0);
    if (this.#store.dialect === 'mysql') {
      return `the row of firefly_applied stays locked by a connection that is no writer's; find it with SHOW ENGINE INNODB STATUS and end it with KILL`;
    }
    const who =
      holder > 0
        ? `the last writer was process ${holder}: if it is frozen, end it (kill -9 ${holder})`
        : 'end the process that has it open';
    return `the database file stays locked by another process; ${who}, then start again`;
  }
}

/** SQL text for what a successor has to end. */
function connectionOf(store: SqlStore): string {
  return store.dialect === 'mysql' ? 'CONNECTION_ID()' : String(process.pid);
}

function otherJournal(stored: string, own: string): string {
  return `the database follows journal ${stored}, and the data folder holds journal ${own}: give the folder its journal back, or see "firefly journal repair"`;
}

function laterEpoch(stored: number, claimed: number): string {
  return `the database has seen epoch ${stored} of this journal, and this writer claims ${claimed}: the journal's folder is older than the database; see "firefly journal repair"`;
}
