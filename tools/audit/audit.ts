/**
 * Proves that everything that players own is accounted for, in the database of a cluster that was stopped in order.
 *
 *   npm run audit -- [--config config.json] [--books FILE] [--whole]
 *
 * --books: what bots noted (`npm run bots -- --books FILE`), who are all that have played; no operator may have been there. --whole: no ledger may have lost its beginning.
 * A line a check on stdout. Exit code: 0 when all hold, 1 when one does not, 2 when it could not look.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pino from 'pino';
import type { ClusterConfig } from '../../src/config/config';
import { loadConfig } from '../../src/config/load';
import { holderOf } from '../../src/dbentrust/journal/holder';
import { openStore } from '../../src/dbentrust/sql/open';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { messageOf } from '../../src/thrown';
import type { Books } from '../bots/books';
import { checkBelongings } from './belongings';
import { checkBooks } from './books';
import { allHold, type Check, formatChecks } from './check';
import { readEstate } from './estate';
import { checkLedgers } from './ledgers';
import { checkMoney } from './money';
import { checkTrades } from './trades';

export interface AuditOptions {
  readonly books?: Books | undefined;
  /** No ledger may have lost its beginning. */
  readonly mustBeWhole?: boolean;
}

export async function audit(store: SqlStore, { books, mustBeWhole = false }: AuditOptions): Promise<Check[]> {
  const estate = await readEstate(store);
  return [
    ...checkLedgers(estate, mustBeWhole),
    ...checkTrades(estate),
    ...checkMoney(estate),
    ...checkBelongings(estate),
    ...(books ? checkBooks(estate, books) : []),
  ];
}

async function main(): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { config: { ...text, default: 'config.json' }, books: text, whole: { type: 'boolean', default: false } } as const;
  const { values } = parseArgs({ options });
  const books = values.books === undefined ? undefined : (JSON.parse(readFileSync(values.books, 'utf8')) as Books);
  const { config } = await loadConfig(values.config, process.env);
  const store = await openStopped(config);
  try {
    const checks = await audit(store, { books, mustBeWhole: values.whole });
    process.stdout.write(`${formatChecks(checks)}\n`);
    return allHold(checks) ? 0 : 1;
  } finally {
    await store.close();
  }
}

/** @throws Error when there is no database, or dbfront still has rows that are not in it */
async function openStopped({ path, db, dataDir, limits }: ClusterConfig): Promise<SqlStore> {
  if (!db) throw new Error(`${path} has no section db`);
  const holder = holderOf(join(dataDir, 'journal'));
  if (holder?.runs)
    throw new Error(
      `dbfront runs as process ${holder.pid} on ${holder.host}: stop the cluster first, so that all rows are in the database`,
    );
  return openStore(db, { dataDir, sqlMs: limits.sqlMs, log: pino({ level: 'silent' }) });
}

if (require.main === module) {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exitCode = 2;
    },
  );
}
