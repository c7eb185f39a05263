/** Rows update: changes of rows from one game node, acknowledged when they are durable; beside mysql2, one UPDATE with commit each. */
import { COMMANDS, DataCluster } from '../datacluster';
import type { PlainResult, PlainUpdates } from '../plainsql';
import { processTime } from '../processtime';
import type { Figure, Row } from '../row';
import type { UpdateResult } from '../rowload';
import type { UpdateLoad } from '../updateloop';
import type { Workshop } from '../workshop';
import { plainSql } from '../yardsticks';

const ROWS = 5_000;
const SLACK_MS = 30_000;

/** [in flight, what is asked] */
const LOADS: readonly (readonly [number, Figure['goal']])[] = [
  [1, { value: 1_500 }],
  [100, { ratio: 4, value: 30_000 }],
  [1_000, undefined],
];

export const updateRows: readonly Row[] = LOADS.map(([inFlight, goal]) => ({
  key: `update${inFlight}`,
  title: `durable updates of ${ROWS} rows, ${inFlight} in flight`,
  beside: 'mysql2',
  figures: [
    { name: 'updates', unit: '/s', better: 'more', ...(goal ? { goal } : {}) },
    { name: 'CPU an update', unit: 'us', better: 'less' },
  ],
  cluster: async (workshop: Workshop, env) => (await DataCluster.hold(workshop, {}, env)).cluster,
  async open(workshop) {
    const data = await DataCluster.hold(workshop);
    const plain = await plainSql(workshop, data.database);
    await data.game(COMMANDS.make, ROWS);
    const { seconds } = workshop;
    return {
      async yardstick() {
        const time = () => processTime(plain.pid) + processTime(data.database.pid);
        const before = time();
        const load: PlainUpdates = { what: 'update', rows: ROWS, inFlight, seconds };
        const detail = await plain.ask<PlainResult>(load, seconds * 1_000 + SLACK_MS);
        return { values: [detail.perSecond, (time() - before) / detail.updates], detail };
      },
      async firefly() {
        const cost = await data.meter();
        const load: UpdateLoad = { rows: ROWS, inFlight, seconds };
        const { exp, ...result } = await data.game<UpdateResult>(COMMANDS.update, load);
        const detail = { ...result, ...cost(result.updates) };
        await data.checkInSql(exp);
        return { values: [detail.perSecond, (detail.cpu.game1 ?? 0) + (detail.cpu.dbfront ?? 0)], detail };
      },
    };
  },
}));
