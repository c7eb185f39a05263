/** Tables change under the writer: everything acknowledged is in SQL before, no change is taken meanwhile, and nobody sees afterwards what rows were. */
import { setTimeout as delay } from 'node:timers/promises';
import { StartFailed } from '../../errors';
import type { Parts } from './wiring';

/** How long it waits for a moment in which nobody works on rows. */
const REOPEN_MS = 10_000;

/**
 * @param leaseMs how long nodes may read an older row after the cache was given up; 0 without a cache
 * @param run the migration; returns what it did
 */
export function migrateTables(parts: Parts, leaseMs: number, run: () => Promise<string[]>): Promise<string[]> {
  // A row that changed meanwhile would be written as a whole, over what the migration made of it.
  return parts.rows.without('tables are being migrated', () => migrate(parts, leaseMs, run));
}

async function migrate({ flusher, tables, commits, rows, dirty, cache }: Parts, leaseMs: number, run: () => Promise<string[]>) {
  await flusher.flush();
  const done = await run();
  const isIdle = () => commits.underWay + rows.locks.size + dirty.size === 0;
  const deadline = performance.now() + REOPEN_MS;
  while (done.length > 0 && !(await tables.reopen(isIdle))) {
    if (performance.now() >= deadline)
      throw new StartFailed('rows are read all the time while tables are migrated; migrate in onStart of dbfront, before others can link');
    await flusher.flush();
  }
  if (done.length === 0 || leaseMs === 0) return done;
  cache.distrust();
  await delay(leaseMs);
  return done;
}
