/**
 * The processes of the row "replay": one that leaves a journal behind, one that reads it and nothing more, one that is a dbfront which starts with it.
 *
 *   node replayer.js ACCESS FOLDER      forked, see peer.ts; ACCESS is JSON with host, port, user and password
 */
import { Packr } from 'msgpackr';
import pino from 'pino';
import type { DbConfig } from '../../src/config/config';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { Committer } from '../../src/dbentrust/committer';
import { readChain } from '../../src/dbentrust/journal/chain';
import { DiskFiles } from '../../src/dbentrust/journal/files';
import { SegmentReader } from '../../src/dbentrust/journal/reader';
import { openStore } from '../../src/dbentrust/sql/open';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { Writer } from '../../src/dbentrust/writer/writer';
import { Metrics } from '../../src/metrics/metrics';
import { COLUMNS, CREATE_TABLE, character, coinsOf, TABLE } from './datatable';
import { serve } from './peer';

export interface ReplayTask {
  readonly what: 'write' | 'read' | 'replay';
  readonly rows: number;
  readonly changes: number;
}

export interface ReplayResult {
  readonly seconds: number;
}

const IN_FLIGHT = 1_000;
const LOADED = 5_000;
const log = pino({ level: 'silent' });
let where = { db: {} as DbConfig, folder: '' };

serve(
  async ([access = '{}', folder = '']) => {
    const db: DbConfig = { engine: 'mysql', charset: 'utf8mb4', database: 'replay', ...JSON.parse(access) };
    where = { db, folder };
    return 0;
  },
  async (question) => {
    const task = question as ReplayTask;
    const started = performance.now();
    const check = await { write, read, replay }[task.what](task);
    const seconds = (performance.now() - started) / 1_000;
    await check?.();
    return { seconds } satisfies ReplayResult;
  },
);

async function openWriter(): Promise<{ writer: Writer; store: SqlStore }> {
  const store = await openStore(where.db, { dataDir: where.folder, sqlMs: 60_000, log });
  // Nothing reaches SQL, so that the journal can be replayed again and again.
  const limits = { ...DEFAULT_LIMITS, flushIntervalMs: 3_600_000 };
  if (!(await store.describe(TABLE))) await store.query(CREATE_TABLE);
  const writer = await Writer.open({
    store,
    cache: undefined,
    journal: { folder: where.folder },
    limits,
    log,
    metrics: new Metrics('dbfront'),
  });
  return { writer, store };
}

/** Ends without a farewell, when the parent ends it: the journal stays as it is. */
async function write({ rows, changes }: ReplayTask): Promise<undefined> {
  const { writer, store } = await openWriter();
  const names = COLUMNS.slice(2);
  const { id: _id, nickname: _name, ...fields } = character(0);
  await store.query(
    `INSERT INTO ${TABLE} (${COLUMNS.join(', ')}) SELECT seq, CONCAT('player ', seq), ${names.map(() => '?').join(', ')} FROM seq_0_to_${rows - 1}`,
    Object.values(fields),
  );
  await writer.manage({ table: TABLE, pk: 'id' });
  const committer = new Committer(writer);
  let next = 0;
  const loop = async () => {
    while (next < changes) {
      const [pk, exp] = [next % rows, Math.floor(next / rows) + 1];
      next += 1;
      await committer.commit([{ op: 'update', table: TABLE, pk, fields: { exp, coin: coinsOf(exp) } }]);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, loop));
  return undefined;
}

/** Every record, checked and decoded. */
async function read({ changes }: ReplayTask): Promise<undefined> {
  const files = new DiskFiles();
  const packr = new Packr({ useRecords: false });
  const { links } = await readChain(files, where.folder);
  let found = 0;
  for (const link of links) {
    const reader = await SegmentReader.open(files, where.folder, link);
    for (;;) {
      const frame = reader.next();
      if (!frame && !(await reader.more())) break;
      if (frame && frame.payload.length > 0 && Array.isArray(packr.unpack(frame.payload))) found += 1;
    }
    await reader.close();
  }
  if (found < changes) throw new Error(`the journal has ${found} records and not ${changes}`);
  return undefined;
}

/** @returns looks at each row; throws Error when one is not what was acknowledged */
async function replay({ rows, changes }: ReplayTask): Promise<() => Promise<void>> {
  const { writer } = await openWriter();
  return async () => {
    if (writer.stats.dirtyRows !== rows) throw new Error(`${writer.stats.dirtyRows} rows wait for the database and not ${rows}`);
    for (let first = 0; first < rows; first += LOADED) {
      const pks = Array.from({ length: Math.min(LOADED, rows - first) }, (_, index) => first + index);
      for (const [index, { row }] of (await writer.load(TABLE, pks)).entries()) {
        const exp = changes / rows;
        if (row?.id !== pks[index] || row?.exp !== exp || row.coin !== coinsOf(exp))
          throw new Error(`row ${pks[index]} is ${JSON.stringify(row)}`);
      }
    }
  };
}
