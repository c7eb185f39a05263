/** A process that counts in eight rows, each count in two columns of one group, and says what was acknowledged; until it is killed. */

import pino from 'pino';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { Committer } from '../../../src/dbentrust/committer';
import { openStore } from '../../../src/dbentrust/sql/open';
import { Writer } from '../../../src/dbentrust/writer/writer';
import { Metrics } from '../../../src/metrics/metrics';

const dataDir = process.argv[2] ?? '';
const ROWS = 8;

async function main(): Promise<void> {
  const config = { engine: 'sqlite', host: '', port: 0, user: '', password: '', database: 'game', charset: 'utf8' } as const;
  const log = pino({ level: 'silent' });
  const store = await openStore(config, { dataDir, sqlMs: 20_000, log });
  const limits = { ...DEFAULT_LIMITS, flushIntervalMs: 20, journalSegmentBytes: 64 * 1024 };
  const journal = { folder: `${dataDir}/journal` };
  const writer = await Writer.open({ store, cache: undefined, journal, limits, log, metrics: new Metrics('dbfront') });
  await writer.manage({ table: 'tb_count', pk: 'id' });
  const committer = new Committer(writer);
  const ids = Array.from({ length: ROWS }, (_, i) => i + 1);
  for (const [index, { row }] of (await writer.load('tb_count', ids)).entries()) {
    const id = index + 1;
    if (!row) await committer.commit([{ op: 'insert', table: 'tb_count', row: { id, n: 0, twin: 0 } }]);
    if (row && row.n !== row.twin) process.stdout.write(`torn ${id}\n`);
    process.stdout.write(`found ${id} ${row?.n ?? 0}\n`);
  }
  await Promise.all(ids.map((id) => count(committer, id)));
}

async function count(committer: Committer, id: number): Promise<void> {
  for (;;) {
    const [n] = await committer.commit([
      { op: 'increment', table: 'tb_count', pk: id, field: 'n', by: 1 },
      { op: 'increment', table: 'tb_count', pk: id, field: 'twin', by: 1 },
    ]);
    process.stdout.write(`acknowledged ${id} ${n?.row?.n}\n`);
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
