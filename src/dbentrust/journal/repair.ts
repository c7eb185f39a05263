/**
 * What somebody may do, knowingly, to a journal that a writer refuses to open. Nothing is thrown away: removed bytes lie beside it, in files that end in `.aside`.
 *
 * A repair claims the journal, so that a writer that is still running stops.
 */
import { join } from 'node:path';
import { StartFailed } from '../../errors';
import { readChain } from './chain';
import type { Applied } from './contract';
import { claimEpoch } from './epoch';
import { DiskFiles, type Files } from './files';
import { writeAcceptance } from './gap';
import { encodeHeader } from './header';
import { inspectJournal, type JournalReport } from './inspect';
import { SegmentReader } from './reader';

const COPY_BYTES = 1024 * 1024;

export interface CutReport {
  /** Sequence at which the journal ends now. */
  readonly end: number;
  readonly aside: readonly string[];
}

/**
 * Ends the journal at a damage: what lies behind is given up, acknowledged or not.
 *
 * @param offset where the error says that the damage is
 * @throws StartFailed when there is no damage at that place
 */
export async function cutJournal(folder: string, segment: string, offset: number, files: Files = new DiskFiles()): Promise<CutReport> {
  const { broken } = damageAt(await inspectJournal(folder, files), segment, offset);
  await claimEpoch(files, folder);
  const chain = await readChain(files, folder);
  const at = chain.links.findIndex((link) => link.name === segment);
  const aside: string[] = [];
  const behind = [...chain.links.slice(at + 1), ...chain.superseded].map(({ name }) => name);
  for (const name of broken.uuid === undefined ? [segment, ...behind] : behind) {
    await files.rename(join(folder, name), join(folder, `${name}.aside`));
    aside.push(`${name}.aside`);
  }
  if (broken.uuid !== undefined && broken.end.rest > 0) aside.push(await cutSegment(files, folder, segment, offset));
  await files.syncFolder(folder);
  return { end: broken.last, aside };
}

/**
 * What a cut there gives up: the end of the broken segment, and all segments behind it.
 *
 * @throws StartFailed when there is no damage at that place
 */
export function damageAt({ folder, segments, problems }: JournalReport, segment: string, offset: number) {
  const chain = segments.filter(({ superseded }) => !superseded);
  const at = chain.findIndex(({ name }) => name === segment);
  const broken = chain[at];
  const wrong = problems.some((problem) => problem.startsWith(segment));
  if (!broken || !wrong || broken.end.offset !== offset)
    throw new StartFailed(`journal ${folder}: there is no damage at ${segment}:${offset}. ${problems.join('; ') || 'It is sound.'}`);
  return { broken, behind: chain.slice(at + 1) };
}

/**
 * Lets the next writer go on although journal and database do not fit: what is missing between them is given up.
 *
 * @param applied where the database stands, as the error says; allowed for that position only
 */
export async function acceptGap(folder: string, applied: Applied | undefined, files: Files = new DiskFiles()): Promise<void> {
  await files.makeFolder(folder);
  await writeAcceptance(files, folder, applied);
}

/** Keeps what is behind `offset`, durably, and then cuts it off. Returns the name of the file that has it. */
async function cutSegment(files: Files, folder: string, segment: string, offset: number): Promise<string> {
  const name = `${segment}.${offset}.aside`;
  await files.remove(join(folder, name));
  const kept = await files.create(join(folder, name));
  const file = await files.open(join(folder, segment), 'write');
  try {
    const chunk = Buffer.alloc(COPY_BYTES);
    for (let at = offset; ; ) {
      const read = await file.read(chunk, at);
      if (read === 0) break;
      await kept.write([chunk.subarray(0, read)], at - offset);
      at += read;
    }
    await kept.datasync();
    await files.syncFolder(folder);
    const header = await headerOf(files, folder, segment);
    // What was durable before the segment had its name ends here now.
    if (header && header.sealed > offset) await file.write([encodeHeader({ ...header, sealed: offset })], 0);
    await file.truncate(offset);
    await file.datasync();
  } finally {
    await file.close();
    await kept.close();
  }
  return name;
}

async function headerOf(files: Files, folder: string, segment: string): Promise<SegmentReader['header']> {
  const link = (await readChain(files, folder)).links.find(({ name }) => name === segment);
  if (!link) return undefined;
  const reader = await SegmentReader.open(files, folder, link);
  await reader.close();
  return reader.header;
}
