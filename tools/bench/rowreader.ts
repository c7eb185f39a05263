/**
 * The node of the rows "row read": reads rows that memcached has, through the framework or with a bare get of the same client.
 *
 *   node rowreader.js MEMCACHED      forked, see peer.ts; MEMCACHED is host:port
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { DEFAULT_LIMITS } from '../../src/config/defaults';
import { MemClient } from '../../src/dbentrust/cache/memclient';
import { Committer } from '../../src/dbentrust/committer';
import { MAdmin } from '../../src/dbentrust/face/madmin';
import type { DataAccess } from '../../src/dbentrust/port';
import { RowReader } from '../../src/dbentrust/reading/rowreader';
import { openStore } from '../../src/dbentrust/sql/open';
import { Writer } from '../../src/dbentrust/writer/writer';
import { Metrics } from '../../src/metrics/metrics';
import { serve } from './peer';

export interface ReadLoad {
  readonly how: 'bare' | 'getObj';
  readonly inFlight: number;
  readonly seconds: number;
}

export interface ReadResult {
  readonly perSecond: number;
}

const TABLE = 'tb_character';
const ROWS = 1_000;
const WARM_UP_MS = 500;
const SQL = `CREATE TABLE ${TABLE} (id INTEGER PRIMARY KEY, nickname VARCHAR(32) NOT NULL, level INT NOT NULL, exp INT NOT NULL, coin BIGINT NOT NULL, gold INT NOT NULL,
  town INT NOT NULL, x DOUBLE NOT NULL, y DOUBLE NOT NULL, made DATETIME NULL, note TEXT NULL)`;

const log = pino({ level: 'silent' });
const readers: Partial<Record<ReadLoad['how'], (id: number) => Promise<boolean>>> = {};

serve(
  async ([memcached = '']) => {
    const folder = mkdtempSync(join(tmpdir(), 'firefly-bench-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    process.on('SIGTERM', () => process.exit());
    const connect = () => MemClient.connect([memcached], { hostname: 'bench', timeoutMs: 5_000, log });
    const db = { engine: 'sqlite' as const, host: '', port: 0, user: '', password: '', database: 'game', charset: 'utf8' };
    const store = await openStore(db, { dataDir: folder, sqlMs: 30_000, log });
    await store.query(SQL);
    const [limits, journal] = [DEFAULT_LIMITS, { folder: join(folder, 'journal') }];
    const writer = await Writer.open({ store, cache: connect(), journal, limits, log, metrics: new Metrics('dbfront') });
    const [cache, metrics] = [connect(), new Metrics('game1')];
    const reader = new RowReader({ port: writer, cache: () => cache, leaseMs: limits.leaseMs, log, metrics });
    const access: DataAccess = { port: writer, committer: new Committer(writer), reader, cache, log };
    const admin = new MAdmin(() => access, TABLE, 'id');
    const place = {
      town: 1001,
      x: 12.5,
      y: -3.25,
      made: '2026-01-31 12:00:00',
      note: 'A wanderer of the northern woods, late of the harbour.',
    };
    const row = { level: 33, exp: 99_812, coin: 1_250_000, gold: 12, ...place };
    await Promise.all(Array.from({ length: ROWS }, (_, id) => admin.new({ ...row, id, nickname: `player ${id}` })));
    while (!reader.isLeased) {
      await admin.getObj(0);
      await delay(10);
    }
    readers.bare = async (id) => (await cache.get(`${TABLE}:${id}`)) !== undefined;
    readers.getObj = async (id) => (await admin.getObj(id))?.data.id === id;
    return 0;
  },
  (question) => readInLoop(question as ReadLoad),
);

/** @throws Error when a row is not what was asked for */
async function readInLoop({ how, inFlight, seconds }: ReadLoad): Promise<ReadResult> {
  const read = readers[how];
  if (!read) throw new Error(`${how} is not ready`);
  let isOver = false;
  let reads = 0;
  const loop = async () => {
    while (!isOver) {
      const id = reads++ % ROWS;
      if (!(await read(id))) throw new Error(`row ${id} is not what was asked for`);
    }
  };
  const loops = Promise.all(Array.from({ length: inFlight }, loop));
  const pause = (ms: number) => Promise.race([delay(ms), loops]);
  await pause(WARM_UP_MS);
  const [start, before] = [performance.now(), reads];
  await pause(seconds * 1_000);
  const perSecond = ((reads - before) * 1_000) / (performance.now() - start);
  isOver = true;
  await loops;
  return { perSecond };
}
