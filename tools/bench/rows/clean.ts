/** Row clean: dbfront's memory after 200,000 and after 1,000,000 rows were read through it, that nobody changes. */
import { COMMANDS, DataCluster } from '../datacluster';
import { COLUMNS, character, TABLE } from '../datatable';
import type { Reading, Row } from '../row';
import type { ReadLoad } from '../rowload';

const [FEW, MANY] = [200_000, 1_000_000];
const BATCH = 500;
const MIB = 1024 * 1024;

export const cleanRow: Row = {
  key: 'clean',
  title: `dbfront after ${MANY.toLocaleString('en')} clean rows`,
  beside: `after ${FEW.toLocaleString('en')}`,
  figures: [
    { name: 'heap', unit: 'MiB', better: 'less', goal: { ratio: 1.1 } },
    { name: 'RSS', unit: 'MiB', better: 'less' },
  ],
  isFresh: true,
  async open(workshop) {
    const data = await DataCluster.hold(workshop);
    await makeAll(data);
    const reading = async (rows: number): Promise<Reading> => {
      await data.restart();
      const load: ReadLoad = { rows, batch: BATCH };
      if ((await data.game<number>(COMMANDS.read, load)) !== rows) throw new Error('not all rows were read');
      const detail = await data.memory();
      return { values: [detail.heap / MIB, detail.rss / MIB], detail };
    };
    return { yardstick: () => reading(FEW), firefly: () => reading(MANY) };
  },
};

/** By the database itself, so that no node has seen them. */
async function makeAll({ sql }: DataCluster): Promise<void> {
  const { id: _id, nickname: _name, ...fields } = character(0);
  const names = COLUMNS.slice(2);
  const values = names.map((name) => sql.escape(fields[name as keyof typeof fields]));
  await sql.query(
    `INSERT IGNORE INTO ${TABLE} (${COLUMNS.join(', ')}) SELECT seq, CONCAT('player ', seq), ${values.join(', ')} FROM seq_1_to_${MANY}`,
  );
}
