/** What lies in the folder of a journal, read without claiming or changing anything. */
import { type Chain, chainOf } from './chain';
import { parseClaim } from './epoch';
import { DiskFiles, type Files } from './files';
import { RECORD } from './frame';
import { parseOpeningName, parseSegmentName, type SegmentName } from './header';
import { type SegmentEnd, SegmentReader } from './reader';

export interface SegmentReport extends SegmentName {
  readonly uuid: string | undefined;
  readonly bytes: number;
  readonly records: number;
  /** Sequence of the last sound record or of what stands for it; below `first` when there is none. */
  readonly last: number;
  readonly end: SegmentEnd;
  /** A newer epoch stands in for it. */
  readonly superseded: boolean;
}

export interface JournalReport {
  readonly folder: string;
  /** Of the newest segment. */
  readonly uuid: string | undefined;
  /** The epoch that may write, of those that were claimed. */
  readonly claimed: number | undefined;
  readonly segments: readonly SegmentReport[];
  /** Segments that never got their name, and what repairs have kept. */
  readonly others: readonly string[];
  /** A line for each thing that stops a writer from opening the journal. */
  readonly problems: readonly string[];
}

export async function inspectJournal(folder: string, files: Files = new DiskFiles()): Promise<JournalReport> {
  const names = files.exists(folder) ? await files.list(folder) : [];
  const chain = chainOf(names.flatMap((name) => parseSegmentName(name) ?? []));
  const segments: SegmentReport[] = [];
  const newest = chain.links.at(-1);
  const uuid = newest && (await uuidOf(files, folder, newest));
  for (const segment of chain.superseded) segments.push(await report(files, folder, segment, true));
  for (const segment of chain.links) segments.push(await report(files, folder, segment, false, uuid));
  const claims = names.flatMap((name) => parseClaim(name) ?? []);
  return {
    folder,
    uuid,
    claimed: claims.length > 0 ? Math.max(...claims) : undefined,
    segments,
    others: names.filter((name) => parseOpeningName(name) !== undefined || name.endsWith('.aside')).sort(),
    problems: problemsOf(segments, chain),
  };
}

/** The report for a person. */
export function inspectionText(journal: JournalReport): string {
  if (journal.segments.length === 0) return [`there is no journal in ${journal.folder}`, ...othersOf(journal)].join('\n');
  const lines = [`journal ${journal.uuid ?? '(none)'} in ${journal.folder}, claimed by epoch ${journal.claimed ?? '(none)'}`];
  for (const { name, first, last, records, bytes, end, superseded } of journal.segments) {
    const range = records > 0 ? `${records} records, ${first} to ${last}` : `no records, ${first} is next`;
    const note = end.state === 'whole' ? '' : `, ${end.state} at byte ${end.offset}: ${end.reason} (${end.rest} bytes)`;
    lines.push(`  ${name}  ${range}, ${bytes} bytes${note}${superseded ? ', superseded' : ''}`);
  }
  lines.push(...othersOf(journal), ...journal.problems);
  if (journal.problems.length === 0) lines.push('no damage');
  return lines.join('\n');
}

function othersOf({ others }: JournalReport): string[] {
  return others.map((name) => `  ${name}  not part of the journal`);
}

/** The journal that a segment says it belongs to. */
export async function uuidOf(files: Files, folder: string, segment: SegmentName): Promise<string | undefined> {
  const reader = await SegmentReader.open(files, folder, segment);
  await reader.close();
  return reader.header?.uuid;
}

async function report(files: Files, folder: string, segment: SegmentName, superseded: boolean, uuid?: string): Promise<SegmentReport> {
  const reader = await SegmentReader.open(files, folder, segment, uuid);
  try {
    let records = 0;
    do {
      for (let frame = reader.next(); frame; frame = reader.next()) if (frame.kind === RECORD) records += 1;
    } while (await reader.more());
    const end = await reader.end();
    return { ...segment, uuid: reader.header?.uuid, bytes: reader.size, records, last: reader.sequence, end, superseded };
  } finally {
    await reader.close();
  }
}

function problemsOf(segments: readonly SegmentReport[], chain: Chain): string[] {
  return segments
    .filter((segment) => !segment.superseded)
    .flatMap((segment, at) => {
      const limit = chain.links[at]?.limit;
      if (limit !== undefined && segment.last >= limit) return [];
      const { state, offset, reason } = segment.end;
      if (state === 'whole' && limit === undefined) return [];
      if (state === 'torn' && limit === undefined) return [];
      if (state === 'whole') return [`${segment.name} ends at ${segment.last}, and the next segment begins at ${(limit ?? 0) + 1}`];
      return [`${segment.name} is damaged at byte ${offset}: ${reason}`];
    });
}
