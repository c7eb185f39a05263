/**
 * The yardstick of the data rows: mysql2 alone, on a table of its own in the same MariaDB.
 *
 *   node plainsql.js ACCESS      forked, see peer.ts; ACCESS is JSON for mysql2
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createPool, type Pool } from 'mysql2/promise';
import { COLUMNS, CREATE_TABLE, character, coinsOf, TABLE } from './datatable';
import { serve } from './peer';

export interface PlainUpdates {
  readonly what: 'update';
  readonly rows: number;
  readonly inFlight: number;
  readonly seconds: number;
}

export interface PlainFlush {
  readonly what: 'flush';
  readonly rows: number;
  /** Rows in a statement. */
  readonly batch: number;
  readonly exp: number;
}

export interface PlainResult {
  readonly perSecond: number;
  readonly updates: number;
}

const CONNECTIONS = 4;
const WARM_UP_MS = 500;
const PLAIN = 'plain_character';
const FILL = 1_000;

let pool: Pool | undefined;
let made = 0;

serve(
  async ([access = '{}']) => {
    pool = createPool({ ...JSON.parse(access), connectionLimit: CONNECTIONS, queueLimit: 0 });
    await pool.query(`DROP TABLE IF EXISTS ${PLAIN}`);
    await pool.query(CREATE_TABLE.replace(TABLE, PLAIN));
    return 0;
  },
  async (question) => {
    const load = question as PlainUpdates | PlainFlush;
    if (!pool) throw new Error('the database is not open');
    for (; made < load.rows; made += FILL) await write(pool, 'INSERT', made, Math.min(FILL, load.rows - made), 0);
    return load.what === 'update' ? updateInLoop(pool, load) : flush(pool, load);
  },
);

/** One UPDATE after the other in each of the loops, each with its own commit. */
async function updateInLoop(sql: Pool, { rows, inFlight, seconds }: PlainUpdates): Promise<PlainResult> {
  let isOver = false;
  let updates = 0;
  let step = 0;
  const loop = async (first: number) => {
    for (let id = first; !isOver; id = id + inFlight < rows ? id + inFlight : first) {
      const exp = ++step;
      const [{ affectedRows }] = (await sql.execute(`UPDATE ${PLAIN} SET exp = ?, coin = ? WHERE id = ?`, [exp, coinsOf(exp), id])) as [
        { affectedRows: number },
        unknown,
      ];
      if (affectedRows !== 1) throw new Error(`row ${id} was not updated`);
      updates += 1;
    }
  };
  const loops = Promise.all(Array.from({ length: inFlight }, (_, first) => loop(first)));
  const pause = (ms: number) => Promise.race([delay(ms), loops]);
  await pause(WARM_UP_MS);
  const [start, before] = [performance.now(), updates];
  await pause(seconds * 1_000);
  const perSecond = ((updates - before) * 1_000) / (performance.now() - start);
  isOver = true;
  await loops;
  return { perSecond, updates };
}

/** All rows in one transaction, many in a statement. */
async function flush(sql: Pool, { rows, batch, exp }: PlainFlush): Promise<PlainResult> {
  const start = performance.now();
  const connection = await sql.getConnection();
  await connection.beginTransaction();
  for (let first = 0; first < rows; first += batch) await write(connection, 'UPSERT', first, Math.min(batch, rows - first), exp);
  await connection.commit();
  connection.release();
  return { perSecond: (rows * 1_000) / (performance.now() - start), updates: rows };
}

async function write(sql: Pick<Pool, 'query'>, how: 'INSERT' | 'UPSERT', first: number, count: number, exp: number): Promise<void> {
  const values = Array.from({ length: count }, (_, index) => {
    const row = character(first + index, exp);
    return COLUMNS.map((name) => row[name]);
  });
  const overwrite =
    how === 'INSERT'
      ? ''
      : ` ON DUPLICATE KEY UPDATE ${COLUMNS.slice(1)
          .map((name) => `${name} = VALUES(${name})`)
          .join(', ')}`;
  await sql.query(`INSERT INTO ${PLAIN} (${COLUMNS.join(', ')}) VALUES ?${overwrite}`, [values]);
}
