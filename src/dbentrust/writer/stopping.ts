/** The end of a writer: what is dirty goes to SQL if that can be done in time, else it waits in the journal for the next start. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../log/log';
import type { Parts } from './wiring';

/** Between two tries of a database that does not take it. */
const RETRY_MS = 200;
/** How long a stop waits for a journal whose disk is full or slow. */
const SYNC_MS = 1_000;

/** @param hasFailed whether the writer can acknowledge nothing any more @param tryMs how long a database that does not answer is tried */
export async function stopWriter(parts: Parts, log: Logger, hasFailed: () => boolean, tryMs: number): Promise<void> {
  const { rows, flusher, cache, journal } = parts;
  rows.stop();
  flusher.stop();
  const deadline = performance.now() + tryMs;
  try {
    if (hasFailed()) return;
    if (await isSynced(parts, tryMs)) await lastFlush(parts, log, hasFailed, deadline);
    else if (!hasFailed())
      log.warn({ event: 'journal not synced' }, 'the disk of the journal is full or slow; what is not on it yet was never acknowledged');
  } finally {
    tellWaiting(parts, log);
    await cache.stop();
    await journal.close().catch((error) => {
      if (!hasFailed()) throw error;
    });
  }
}

function tellWaiting({ dirty }: Parts, log: Logger): void {
  const waiting = dirty.size;
  if (waiting > 0) log.warn({ event: 'rows wait', rows: waiting }, `${waiting} rows wait in the journal for the next start`);
}

/** Whether everything appended is on the disk; not so when it is full, and then nothing more goes to SQL. */
async function isSynced({ journal }: Parts, tryMs: number): Promise<boolean> {
  const patience = new AbortController();
  const late = delay(Math.max(tryMs, SYNC_MS), false, { signal: patience.signal }).catch(() => false);
  const synced = journal.sync(journal.appended).then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([synced, late]);
  } finally {
    patience.abort();
  }
}

/** Flushes, again and again until it is done or late. */
async function lastFlush(parts: Parts, log: Logger, hasFailed: () => boolean, deadline: number): Promise<void> {
  // A database that hangs may outlast the node's own deadline, and then nothing is said any more.
  const hangs = setTimeout(() => {
    log.warn({ event: 'last flush hangs' }, 'the database does not answer in time; what it does not take is in the journal');
    tellWaiting(parts, log);
  }, deadline - performance.now());
  try {
    await flushUntil(parts, log, hasFailed, deadline);
  } finally {
    clearTimeout(hangs);
  }
}

async function flushUntil({ flusher }: Parts, log: Logger, hasFailed: () => boolean, deadline: number): Promise<void> {
  for (;;) {
    try {
      await flusher.flush();
      return;
    } catch (error) {
      if (hasFailed() || performance.now() >= deadline) {
        log.warn({ event: 'last flush failed', error }, 'the database did not take the last changes');
        return;
      }
      await delay(RETRY_MS);
    }
  }
}
