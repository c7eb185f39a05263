/** Row flush: dirty rows on their way to MariaDB, beside mysql2 writing as many in the same way. */

import type { FlushReport } from '../../../src/dbentrust/port';
import { COMMANDS, DataCluster } from '../datacluster';
import type { PlainFlush, PlainResult } from '../plainsql';
import type { Row } from '../row';
import type { DirtyLoad } from '../rowload';
import { plainSql } from '../yardsticks';

const ROWS = 100_000;
const FLOOR = 50_000;
/** Rows in a statement of the yardstick. */
const BATCH = 500;
const DEADLINE_MS = 60_000;
/** Nothing is flushed before it is asked for. */
const LIMITS = { flushIntervalMs: 3_600_000, rpcDeadlineMs: DEADLINE_MS };

export const flushRow: Row = {
  key: 'flush',
  title: `flush of ${ROWS.toLocaleString('en')} dirty rows to MariaDB`,
  beside: 'mysql2',
  figures: [{ name: 'rows', unit: '/s', better: 'more', goal: { value: FLOOR } }],
  async open(workshop) {
    const data = await DataCluster.hold(workshop, LIMITS);
    const plain = await plainSql(workshop, data.database);
    await data.game(COMMANDS.make, ROWS);
    let exp = 0;
    return {
      async yardstick() {
        const load: PlainFlush = { what: 'flush', rows: ROWS, batch: BATCH, exp: ++exp };
        const detail = await plain.ask<PlainResult>(load, DEADLINE_MS);
        return { values: [detail.perSecond], detail };
      },
      async firefly() {
        const load: DirtyLoad = { rows: ROWS, exp: ++exp };
        const detail = await data.game<FlushReport>(COMMANDS.flush, load);
        const written = detail.inserted + detail.updated;
        if (written !== ROWS) throw new Error(`${written} rows were written and not ${ROWS}`);
        await data.checkInSql(Array<number>(ROWS).fill(load.exp), 'flushed');
        return { values: [(ROWS * 1_000) / detail.ms], detail };
      },
    };
  },
};
