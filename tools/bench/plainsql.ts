/**
 * The yardstick of the data rows: mysql2 alone, on a table of its own in the same MariaDB.
 *
 *   node plainsql.js ACCESS      forked, see peer.ts; ACCESS is JSON for mysql2
 */
import { createPool, type Pool } from 'mysql2/promise';
import { COLUMNS, CREATE_TABLE, character, coinsOf, TABLE } from './datatable';
import { serve } from './peer';
import { measureUpdates, type UpdateLoad, type UpdateRate } from './updateloop';

export interface PlainUpdates extends UpdateLoad {
  readonly what: 'update';
}

export interface PlainFlush {
  readonly what: 'flush';
  readonly rows: number;
  /** Rows in a statement. */
  readonly batch: number;
  readonly exp: number;
}

export type PlainResult = UpdateRate;

const CONNECTIONS = 4;
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
async function updateInLoop(sql: Pool, load: PlainUpdates): Promise<PlainResult> {
  let step = 0;
  return measureUpdates(load, async (id) => {
    const exp = ++step;
    const [{ affectedRows }] = (await sql.execute(`UPDATE ${PLAIN} SET exp = ?, coin = ? WHERE id = ?`, [exp, coinsOf(exp), id])) as [
      { affectedRows: number },
      unknown,
    ];
    if (affectedRows !== 1) throw new Error(`row ${id} was not updated`);
  });
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
