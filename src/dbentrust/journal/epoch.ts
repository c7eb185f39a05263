/**
 * Who may write: the holder of the highest `writer-epoch.N` in the folder.
 *
 * A claim is durable before the tail is read, and only then are lower ones removed. The writer looks for its own after each sync, before it acknowledges. A look that
 * succeeds came before the removal, so what was synced before that look was there for the successor to read.
 */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { JournalDown, Replaced } from '../../errors';
import type { Files } from './files';
import { parseOpeningName, parseSegmentName } from './header';

const CLAIM = /^writer-epoch\.(\d+)$/;

export interface Claim {
  readonly epoch: number;
  /** Whether nobody has claimed the journal since. */
  held(): boolean;
  /** Whether the folder itself is gone: nobody claimed it, somebody took it away. */
  gone(): boolean;
}

/** What a writer says that was shut out. @param cause what it met on its way, when that was not the missing claim itself */
export function shutOut(folder: string, claim: Claim, maybeExecuted: boolean, cause?: unknown): JournalDown {
  if (claim.gone()) {
    const message = `the journal's folder ${folder} is gone; bring it back if it was moved: the next start says what is missing`;
    return new JournalDown(message, { cause, maybeExecuted });
  }
  const replaced = new Replaced(`epoch ${claim.epoch} of the journal ${folder} is over`, { cause });
  return new JournalDown(`another writer has claimed the journal ${folder}`, { cause: replaced, maybeExecuted });
}

/** Shuts out every writer before. @param above the claim is higher than this too */
export async function claimEpoch(files: Files, folder: string, above = 0): Promise<Claim> {
  const { epoch, path } = await takeNext(files, folder, above);
  await files.syncFolder(folder);
  for (const name of await files.list(folder)) if ((parseClaim(name) ?? epoch) < epoch) await files.remove(join(folder, name));
  return { epoch, held: () => files.exists(path), gone: () => !files.exists(folder) };
}

/** Epoch of a claim's file, undefined for other files. */
export function parseClaim(name: string): number | undefined {
  const match = CLAIM.exec(name);
  return match ? Number(match[1]) : undefined;
}

async function takeNext(files: Files, folder: string, above: number): Promise<{ epoch: number; path: string }> {
  for (;;) {
    const epoch = 1 + Math.max(above, ...(await files.list(folder)).map(epochOf));
    const path = join(folder, `writer-epoch.${epoch}`);
    try {
      const file = await files.create(path, true);
      try {
        await file.write([Buffer.from(`${JSON.stringify({ pid: process.pid, host: hostname() })}\n`)], 0);
        await file.datasync();
      } catch (error) {
        // Half a claim says to nobody whose it is.
        await files.remove(path);
        throw error;
      } finally {
        await file.close();
      }
      return { epoch, path };
    } catch (error) {
      // Somebody was quicker with that number.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

function epochOf(name: string): number {
  return parseClaim(name) ?? parseSegmentName(name)?.epoch ?? parseOpeningName(name) ?? 0;
}
