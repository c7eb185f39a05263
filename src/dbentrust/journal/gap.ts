/**
 * Whether journal and database belong together.
 *
 * They do not after one of them was deleted, or restored from a backup without the other. Going on would lose changes without a word, so somebody has to say that it may: for
 * exactly that position of the database, in a file that lies in the folder until the two are together again.
 */
import { join } from 'node:path';
import { StartFailed } from '../../errors';
import type { Applied } from './contract';
import type { Files } from './files';

const ACCEPTED = 'accepted-gap';

/** `rejects`: the journal at hand is of no use to this database. `misses`: records between the two are lost, those that are there can be replayed. */
export interface Gap {
  readonly kind: 'rejects' | 'misses';
  readonly reason: string;
}

/** What can be said before the records are read. `first`: the oldest sequence that is kept. */
export function gapBefore(applied: Applied | undefined, journal: { uuid: string; first: number } | undefined): Gap | undefined {
  if (!journal) {
    if (!applied) return undefined;
    return {
      kind: 'rejects',
      reason: `the database follows journal ${applied.uuid} up to ${applied.position}, and the folder has no journal; was it deleted or moved?`,
    };
  }
  if (!applied) {
    if (journal.first === 1) return undefined;
    return {
      kind: 'misses',
      reason: `the database has never seen a journal, and this one (${journal.uuid}) begins at ${journal.first}; was the database made anew?`,
    };
  }
  if (applied.uuid !== journal.uuid)
    return {
      kind: 'rejects',
      reason: `the database follows journal ${applied.uuid} up to ${applied.position}, and the folder has journal ${journal.uuid}; one of them is from elsewhere`,
    };
  if (applied.position + 1 >= journal.first) return undefined;
  return {
    kind: 'misses',
    reason: `the database has everything up to ${applied.position}, and the journal begins at ${journal.first}; was an old backup of the database restored?`,
  };
}

/** What can be said when they are read. */
export function gapAfter(applied: Applied | undefined, end: number): Gap | undefined {
  if (!applied || applied.position <= end) return undefined;
  return {
    kind: 'misses',
    reason: `the database has everything up to ${applied.position}, and the journal ends at ${end}; was an old copy of the folder brought back?`,
  };
}

export function gapError(folder: string, gap: Gap, applied: Applied | undefined): StartFailed {
  return new StartFailed(
    `journal ${folder}: ${gap.reason} Nothing was changed. Bring the right one back; or, to go on without what is missing: firefly journal repair --accept-gap ${positionText(applied)}`,
  );
}

/** A position of the database in one word: UUID:POSITION, or `none` when it has never seen a journal. */
export function positionText(applied: Applied | undefined): string {
  return applied ? `${applied.uuid}:${applied.position}` : 'none';
}

/** The word of `positionText`. @throws TypeError when it is none */
export function parsePosition(text: string): Applied | undefined {
  if (text === 'none') return undefined;
  const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(\d+)$/.exec(text);
  if (!match) throw new TypeError(`${text} is no position of a database; the journal's error names it: UUID:POSITION, or none`);
  return { uuid: match[1] as string, position: Number(match[2]) };
}

/** Allows the next openings to go on over the gap, as long as the database stands there. */
export async function writeAcceptance(files: Files, folder: string, applied: Applied | undefined): Promise<void> {
  const path = join(folder, ACCEPTED);
  await files.remove(path);
  const file = await files.create(path, true);
  try {
    await file.write([Buffer.from(`${positionText(applied)}\n`)], 0);
    await file.datasync();
  } finally {
    await file.close();
  }
  await files.syncFolder(folder);
}

export async function isAccepted(files: Files, folder: string, applied: Applied | undefined): Promise<boolean> {
  if (!files.exists(join(folder, ACCEPTED))) return false;
  const file = await files.open(join(folder, ACCEPTED));
  try {
    const text = Buffer.alloc(256);
    const read = await file.read(text, 0);
    return text.toString('utf8', 0, read).trim() === positionText(applied);
  } finally {
    await file.close();
  }
}

export function withdrawAcceptance(files: Files, folder: string): Promise<void> {
  return files.remove(join(folder, ACCEPTED));
}
