/**
 * A dbfront's writer that moves coins from one purse to another, a numbered group after the other, flushed every fourth; run as a program it says each thing that happened, and dies or freezes where
 * FIREFLY_FAULT says.
 *
 *   node purse.js '{"config": ..., "dataDir": ..., "folder": ..., "memcached": "host:port", "first": 1}'
 */
import pino from 'pino';
import type { DbConfig } from '../../../src/config/config';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import { MemClient } from '../../../src/dbentrust/cache/memclient';
import type { ChangeGroup, Outcome } from '../../../src/dbentrust/change';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore } from '../../../src/dbentrust/sql/store';
import { Writer } from '../../../src/dbentrust/writer/writer';
import { Metrics } from '../../../src/metrics/metrics';

/** Groups that a program sends before it ends in peace. */
export const LAST = 60;
const FLUSH_EVERY = 4;
const SQL_MS = 20_000;

export interface PursePlace {
  readonly config: DbConfig;
  readonly dataDir: string;
  /** Of the journal. */
  readonly folder: string;
  readonly memcached: string;
}

/** What is there: equal numbers, unless a part of a group is missing or there twice. */
export interface Purses {
  readonly given: number;
  readonly taken: number;
  readonly entries: number;
}

export class Purse {
  private constructor(
    readonly sql: SqlStore,
    readonly writer: Writer,
    readonly cache: MemClient,
  ) {}

  static async open({ config, dataDir, folder, memcached }: PursePlace): Promise<Purse> {
    const log = pino({ level: 'silent' });
    const store = await openStore(config, { dataDir, sqlMs: SQL_MS, log });
    const cache = MemClient.connect([memcached], { hostname: folder.replace(/.*\//, ''), timeoutMs: 2_000, log });
    const limits = { ...DEFAULT_LIMITS, flushIntervalMs: 3_600_000, journalSegmentBytes: 4_096 };
    try {
      await makeTables(store);
      const writer = await Writer.open({ store, cache, journal: { folder }, limits, log, metrics: new Metrics('dbfront') });
      for (const table of ['tb_purse', 'tb_entry']) await writer.manage({ table, pk: 'id' });
      return new Purse(store, writer, cache);
    } catch (error) {
      await cache.close();
      await store.close();
      throw error;
    }
  }

  /** Sends the group of that number; the same again is the same group. */
  send(number: number): Promise<Outcome[]> {
    return this.writer.commit(groupOf(number));
  }

  /** As nodes see it. */
  async seen(): Promise<Purses> {
    const rows = await this.writer.load('tb_purse', [1, 2]);
    const entries = await this.writer.load(
      'tb_entry',
      Array.from({ length: LAST + 10 }, (_, index) => index + 1),
    );
    const coins = rows.map(({ row }) => Number(row?.coins));
    return { given: -(coins[0] ?? Number.NaN), taken: coins[1] ?? Number.NaN, entries: entries.filter(({ row }) => row).length };
  }

  async inSql(): Promise<Purses> {
    const { rows } = await this.sql.query('SELECT coins FROM tb_purse ORDER BY id');
    const { rows: entries } = await this.sql.query('SELECT COUNT(*) AS n FROM tb_entry');
    return { given: -Number(rows[0]?.coins), taken: Number(rows[1]?.coins), entries: Number(entries[0]?.n) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer.stop(0);
    await this.cache.close();
    await this.sql.close();
  }
}

function groupOf(number: number): ChangeGroup {
  const move = (pk: number, by: number) => ({ op: 'increment', table: 'tb_purse', pk, field: 'coins', by }) as const;
  const entry = { op: 'insert', table: 'tb_entry', row: { id: number, note: 'x'.repeat(100) } } as const;
  return { id: { source: 'game1', counter: number, settled: number }, reads: [], changes: [move(1, -1), move(2, 1), entry] };
}

async function makeTables(store: SqlStore): Promise<void> {
  const suffix = store.dialect === 'mysql' ? ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin' : '';
  if (await store.describe('tb_entry')) return;
  await store.query(`CREATE TABLE tb_purse (id INTEGER NOT NULL PRIMARY KEY, coins BIGINT NOT NULL DEFAULT 0)${suffix}`);
  await store.query('INSERT INTO tb_purse (id) VALUES (1), (2)');
  await store.query(`CREATE TABLE tb_entry (id INTEGER NOT NULL PRIMARY KEY, note VARCHAR(200) NOT NULL)${suffix}`);
}

async function main(): Promise<void> {
  const { first, ...place } = JSON.parse(process.argv[2] ?? '') as PursePlace & { first: number };
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const purse = await Purse.open(place);
  say('open');
  for (let number = first; number <= LAST; number++) {
    say(`begun ${number}`);
    await purse.send(number);
    say(`acknowledged ${number}`);
    if (number % FLUSH_EVERY === 0) await purse.writer.flush();
  }
  process.exit();
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stdout.write(`failed ${error instanceof Error ? error.name : String(error)}\n`);
    process.exit(1);
  });
}
