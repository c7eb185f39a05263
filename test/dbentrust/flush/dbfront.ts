/** A writer with its journal on a real database, in this process or, run as a program, in its own. */
import pino from 'pino';
import { DEFAULT_LIMITS } from '../../../src/config/defaults';
import type { Change, Outcome } from '../../../src/dbentrust/change';
import { openStore } from '../../../src/dbentrust/sql/open';
import type { SqlStore } from '../../../src/dbentrust/sql/store';
import { Writer } from '../../../src/dbentrust/writer/writer';
import { Metrics } from '../../../src/metrics/metrics';
import type { FreshDatabase } from '../../helpers/services';

const SUFFIX = { mysql: ' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin', sqlite: '' };
const COLUMNS =
  "id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(32) NOT NULL DEFAULT '', level INT NOT NULL DEFAULT 1, UNIQUE (name), CHECK (level < 100)";

export class Dbfront {
  #counter = 0;
  readonly #source = `test-${process.pid}-${Date.now()}`;

  private constructor(
    readonly sql: SqlStore,
    readonly writer: Writer,
  ) {}

  /** @param folder of the journal */
  static async open({ config, dataDir }: Pick<FreshDatabase, 'config' | 'dataDir'>, folder: string, sqlMs = 20_000): Promise<Dbfront> {
    const log = pino({ level: 'silent' });
    const store = await openStore(config, { dataDir, sqlMs, log });
    try {
      await store.query(`CREATE TABLE IF NOT EXISTS tb_hero (${COLUMNS})${SUFFIX[store.dialect]}`);
      const limits = { ...DEFAULT_LIMITS, flushIntervalMs: 3_600_000 };
      const writer = await Writer.open({ store, cache: undefined, journal: { folder }, limits, log, metrics: new Metrics('dbfront') });
      await writer.manage({ table: 'tb_hero', pk: 'id' });
      return new Dbfront(store, writer);
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  /** One group of changes. */
  commit(...changes: Change[]): Promise<Outcome[]> {
    this.#counter += 1;
    return this.writer.commit({ id: { source: this.#source, counter: this.#counter, settled: this.#counter }, reads: [], changes });
  }

  async heroes(): Promise<Map<number, string>> {
    const { rows } = await this.sql.query('SELECT id, name, level FROM tb_hero ORDER BY id');
    return new Map(rows.map(({ id, name, level }) => [Number(id), `${name} ${level}`]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.writer.stop(0);
    await this.sql.close();
  }
}

export function insert(id: number, name: string, level: number): Change {
  return { op: 'insert', table: 'tb_hero', row: { id, name, level } };
}

export function update(id: number, fields: { name?: string; level?: number }): Change {
  return { op: 'update', table: 'tb_hero', pk: id, fields };
}

/** Heroes 1 to 60 reach SQL; then half of them change, and that is flushed under the fault that FIREFLY_FAULT names. */
async function main(): Promise<void> {
  const { config, dataDir, folder } = JSON.parse(process.argv[2] ?? '') as FreshDatabase & { folder: string };
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const dbfront = await Dbfront.open({ config, dataDir }, folder);
  for (let id = 1; id <= 60; id++) await dbfront.commit(insert(id, `hero ${id}`, 1));
  await dbfront.writer.flush();
  for (let id = 1; id <= 60; id += 2) await dbfront.commit(update(id, { level: 2 }), update(id + 1, { level: 3 }));
  say('acknowledged');
  for (let attempt = 1; attempt <= 2; attempt++) {
    await dbfront.writer.flush().then(
      () => say('flushed'),
      (error: Error) => say(`failed ${error.name}`),
    );
  }
  await dbfront.commit(update(1, { level: 9 })).then(
    () => say('acknowledged'),
    (error: Error) => say(`refused ${error.name}`),
  );
  process.exit();
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  });
}
