/** How a writer takes over: shuts out the one before, reads what its journal holds, and locks the database behind itself. */
import type { JournalDown } from '../../errors';
import { Fence } from '../flush/applied';
import { Quarantine } from '../flush/quarantine';
import type { Journal } from '../journal/contract';
import { claimJournal } from '../journal/open';
import { createIdTable } from './ids';
import { Recovery } from './recovery';
import { State } from './state';
import type { WriterOptions } from './wiring';

/** What is there before the writer is. */
export interface Opened {
  readonly state: State;
  readonly journal: Journal;
  readonly fence: Fence;
  readonly quarantine: Quarantine;
  /** Position that SQL is at. */
  readonly applied: number;
  /** With the rows that are not in SQL. */
  readonly recovery: Recovery;
}

/** @param down told once when the journal is down for good @throws StartFailed when journal and database do not belong together; StoreDown */
export async function takeOver(options: WriterOptions, down: (error: JournalDown) => void): Promise<Opened> {
  const { store, log, metrics, limits, journal: where } = options;
  await createIdTable(store);
  const fence = new Fence(store, log);
  await fence.open();
  const state = new State();
  const recovery = new Recovery(state, log);
  const opening = await claimJournal({
    ...where,
    segmentBytes: limits.journalSegmentBytes,
    maxBytes: limits.journalBytes,
    keepMs: limits.journalKeepMs,
    keepBytes: limits.journalKeepBytes,
    applied: await fence.current(),
    log,
    metrics,
    down,
  });
  let journal: Journal;
  try {
    const applied = await fence.current();
    await recovery.replay(opening.replay(applied), applied?.position ?? 0);
    journal = await opening.open(() => state.snapshot());
  } catch (error) {
    await opening.close();
    throw error;
  }
  try {
    const { position: applied } = await fence.takeOver(journal);
    const quarantine = new Quarantine();
    await quarantine.open(store);
    return { state, journal, fence, quarantine, applied, recovery };
  } catch (error) {
    await journal.close();
    throw error;
  }
}
