/**
 * Opening a journal: claim it, replay it, go on with it.
 *
 * Everything that is read is copied into a segment of the new epoch and synced before the journal is open: what was found may have lain in the system's memory only, and whoever
 * sees it must not lose it to a power cut.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { FireflyError, type JournalDown, StartFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { Metrics } from '../../metrics/metrics';
import { faultPoint } from '../faults';
import { Backlog } from './backlog';
import { type Chain, type ChainLink, readChain } from './chain';
import type { Applied, Journal, JournalEntry } from './contract';
import { type Claim, claimEpoch, shutOut } from './epoch';
import { type Files, isDiskFull } from './files';
import { FRAME_HEAD, type Frame, JUMP, SNAPSHOT } from './frame';
import { type Gap, gapAfter, gapBefore, gapError, isAccepted, withdrawAcceptance } from './gap';
import { FileJournal, MAX_WAITING } from './groupcommit';
import { parseOpeningName, type SegmentName } from './header';
import { journalFiles } from './layers';
import { NewSegment, type OpenSegment } from './newsegment';
import { SegmentReader } from './reader';
import { Retention } from './retention';
import { removeOldest, withRoom } from './room';

export interface JournalOptions {
  readonly folder: string;
  /** A segment is closed when it has grown to this. */
  readonly segmentBytes: number;
  /** Bound of what SQL has not taken; at it `append` throws JournalFull. */
  readonly maxBytes: number;
  /** How long closed segments are kept after SQL has them, for databases that are restored. */
  readonly keepMs: number;
  /** Room that kept segments may take; above it the oldest go before their time. */
  readonly keepBytes?: number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly files?: Files;
  /** How far SQL follows, read before. Where somebody accepted a gap, the claim goes above every epoch that SQL has seen. */
  readonly applied?: Applied | undefined;
  /** Told once when the journal is down for good while open; `error.cause` is a `Replaced` when another writer took over. */
  readonly down?: (error: JournalDown) => void;
}

/** Kept segments may take this much room when nothing else is said. */
const KEEP_BYTES = 8 * 2 ** 30;

/** Shuts out every other writer of that folder. Its journal is read by `replay` and usable after `open`. */
export async function claimJournal(options: JournalOptions): Promise<JournalOpening> {
  const files = options.files ?? journalFiles();
  const { folder, applied, log } = options;
  await files.makeFolder(folder);
  const accepted = applied?.epoch !== undefined && (await isAccepted(files, folder, applied));
  const claim = await withRoom(
    () => claimEpoch(files, folder, accepted ? applied?.epoch : 0),
    async () => (await removeOldest(files, folder, applied, log)) !== undefined,
  ).catch((error: unknown) => {
    throw isDiskFull(error) ? diskFull(folder, error) : error;
  });
  faultPoint('journal.claimed');
  return new JournalOpening(options, files, claim, await readChain(files, folder));
}

export class JournalOpening {
  readonly #options: JournalOptions;
  readonly #files: Files;
  readonly #claim: Claim;
  readonly #chain: Chain;
  readonly #backlog: Backlog;
  readonly #retention: Retention;
  /** The journal that follows; undefined until everything is read. */
  #base: number | undefined;
  #uuid: string = randomUUID();
  #copy: NewSegment | undefined;
  /** Segments that the copy stands in for, or that are of another journal. */
  #copied: readonly SegmentName[] = [];
  #rejected: readonly SegmentName[] = [];
  #applied = 0;

  constructor(options: JournalOptions, files: Files, claim: Claim, chain: Chain) {
    this.#options = options;
    this.#files = files;
    this.#claim = claim;
    this.#chain = chain;
    this.#backlog = new Backlog(options.maxBytes);
    this.#retention = new Retention(options.keepMs, options.keepBytes ?? KEEP_BYTES);
  }

  /** The number of this opening. */
  get epoch(): number {
    return this.#claim.epoch;
  }

  /**
   * What the writer needs to know: at most one snapshot, at the beginning, then records in order. Those up to `applied.position` are in SQL already.
   *
   * @param applied how far SQL follows; undefined when it has never seen a journal
   * @throws StartFailed when the journal is damaged or does not belong to the database, JournalDown when another writer took over
   */
  async *replay(applied: Applied | undefined): AsyncGenerator<JournalEntry, void, undefined> {
    try {
      const accepted = await isAccepted(this.#files, this.#options.folder, applied);
      const gap = gapBefore(applied, await this.#identify());
      if (gap) this.#passOver(gap, applied, accepted);
      const links = await this.#start(applied, gap);
      const first = links[0]?.first ?? this.#applied + 1;
      const copy = await NewSegment.begin(this.#files, this.#options.folder, this.#uuid, this.epoch, first, () => this.#makeRoom(applied));
      this.#copy = copy;
      let end = first - 1;
      for (const link of links) {
        const reader = await SegmentReader.open(this.#files, this.#options.folder, link, this.#uuid);
        try {
          let frame = await nextFrame(reader);
          while (frame && frame.sequence <= (link.limit ?? frame.sequence)) {
            end = frame.sequence;
            const entry = this.#take(copy, frame, link === links[0]);
            if (entry) yield entry;
            frame = reader.next();
            if (frame) continue;
            await copy.drainSome();
            frame = await nextFrame(reader);
          }
          await this.#checkEnd(reader, link, end, frame !== undefined);
        } finally {
          await reader.close();
        }
      }
      const after = gap ? undefined : gapAfter(applied, end);
      if (after) this.#passOver(after, applied, accepted);
      if (!gap && !after) await withdrawAcceptance(this.#files, this.#options.folder);
      const fresh = links.length === 0 && !applied;
      this.#base = fresh ? 0 : Math.max(end, this.#applied) + MAX_WAITING;
      if (this.#base > end) copy.add(JUMP, this.#base, Buffer.alloc(0));
    } catch (error) {
      throw this.#verdict(error, 'read');
    }
  }

  /**
   * The journal, for changes.
   *
   * @param snapshot called in a turn of its own when a new segment begins: everything the writer must remember of what was appended before
   * @throws JournalDown when another writer took over
   */
  async open(snapshot: () => Buffer): Promise<Journal> {
    const copy = this.#copy;
    const base = this.#base;
    if (!copy || base === undefined) throw new TypeError('a journal is opened after all of it is replayed');
    const { folder, log } = this.#options;
    const segment = await this.#finish(copy);
    this.#backlog.apply(this.#applied);
    this.#retention.apply(this.#applied);
    log.info({ folder, epoch: this.epoch, position: base, unapplied: this.#backlog.bytes }, 'journal is open');
    return new FileJournal({
      ...this.#options,
      files: this.#files,
      claim: this.#claim,
      uuid: this.#uuid,
      segment,
      position: base,
      backlog: this.#backlog,
      retention: this.#retention,
      snapshot,
    });
  }

  /** Gives the opening up, after an error. */
  async close(): Promise<void> {
    await this.#copy?.abandon();
    this.#copy = undefined;
  }

  /** Where to read, and what lies before it. */
  async #start(applied: Applied | undefined, gap: Gap | undefined): Promise<readonly ChainLink[]> {
    const { links } = this.#chain;
    this.#applied = applied?.position ?? 0;
    if (applied && gap?.kind === 'rejects') {
      this.#uuid = applied.uuid;
      this.#rejected = links;
      return [];
    }
    // The one that has the first record SQL lacks, or will have it.
    const start = Math.max(
      0,
      links.findLastIndex((link) => link.first <= this.#applied + 1),
    );
    await this.#keep(links.slice(0, start));
    const tail = links.slice(start);
    this.#copied = tail;
    return tail;
  }

  async #makeRoom(applied: Applied | undefined): Promise<boolean> {
    const { folder, log } = this.#options;
    const removed = this.#claim.held() ? await removeOldest(this.#files, folder, applied, log) : undefined;
    if (removed) this.#retention.drop(removed.name);
    return removed !== undefined;
  }

  #passOver(gap: Gap, applied: Applied | undefined, accepted: boolean): void {
    if (!accepted) throw gapError(this.#options.folder, gap, applied);
    this.#options.log.warn({ reason: gap.reason }, 'journal: a gap is passed over, as somebody allowed');
  }

  /** Makes the copy part of the journal, and lets go what it stands in for. */
  async #finish(copy: NewSegment): Promise<OpenSegment> {
    try {
      faultPoint('journal.copied');
      const segment = await copy.finish();
      this.#copy = undefined;
      faultPoint('journal.opened');
      if (this.#claim.held()) {
        await this.#clear();
        return segment;
      }
      await segment.file.close();
    } catch (error) {
      throw this.#verdict(error, 'written');
    }
    throw shutOut(this.#options.folder, this.#claim, false);
  }

  #verdict(error: unknown, what: 'read' | 'written'): FireflyError {
    const { folder } = this.#options;
    // A successor removes what is left of others, which shows as strange errors.
    if (!this.#claim.held()) return shutOut(folder, this.#claim, false, error);
    if (error instanceof FireflyError) return error;
    if (isDiskFull(error)) return diskFull(folder, error);
    return new StartFailed(`the journal ${folder} cannot be ${what}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }

  /** Uuid and beginning of the journal that is there. */
  async #identify(): Promise<{ uuid: string; first: number } | undefined> {
    const [oldest, newest] = [this.#chain.links[0], this.#chain.links.at(-1)];
    if (!oldest || !newest) return undefined;
    const reader = await SegmentReader.open(this.#files, this.#options.folder, newest);
    try {
      if (!reader.header) throw this.#damaged(newest, 0, 'its header is not that of this segment');
      this.#uuid = reader.header.uuid;
      return { uuid: this.#uuid, first: oldest.first };
    } finally {
      await reader.close();
    }
  }

  /** Copies a frame, and makes an entry of it if it is one. */
  #take(copy: NewSegment, { kind, sequence, payload }: Frame, first: boolean): JournalEntry | undefined {
    // The records before it say the same.
    if (kind === SNAPSHOT && !first) return undefined;
    copy.add(kind, sequence, payload);
    if (kind === JUMP) return undefined;
    if (kind === SNAPSHOT) return { kind: 'snapshot', sequence, payload };
    if (sequence > this.#applied) this.#backlog.add(sequence, FRAME_HEAD + payload.length);
    return { kind: 'record', sequence, payload };
  }

  /** @param more whether the segment has frames that do not count any more */
  async #checkEnd(reader: SegmentReader, link: ChainLink, last: number, more: boolean): Promise<void> {
    if (last === link.limit) return;
    const { state, offset, rest, reason = '' } = more ? { state: 'whole', offset: reader.offset, rest: 0 } : await reader.end();
    if (state === 'damaged') throw this.#damaged(link, offset, reason);
    if (link.limit !== undefined) throw this.#damaged(link, offset, `it ends at ${last}, and the next segment begins at ${link.limit + 1}`);
    if (state === 'torn')
      this.#options.log.warn({ segment: link.name, offset, bytes: rest }, 'journal: the end was never synced and is cut off');
  }

  #damaged(segment: SegmentName, offset: number, reason: string): StartFailed {
    return new StartFailed(
      `journal ${this.#options.folder}: ${segment.name} is damaged at byte ${offset} (${reason}), and what is there was acknowledged. Nothing was changed. Bring back a copy of the folder; or, to go on without what lies behind it: firefly journal repair --cut ${segment.name}:${offset}`,
    );
  }

  /** Hands the segments before the copy to those who remove them in time. */
  async #keep(links: readonly ChainLink[]): Promise<void> {
    for (const link of links) {
      const file = await this.#files.open(join(this.#options.folder, link.name));
      this.#retention.add({ ...link, last: link.limit ?? link.first, bytes: await file.size() });
      await file.close();
    }
  }

  /** Removes what the new segment stands in for and what others left unfinished. A journal that was given up is kept aside. */
  async #clear(): Promise<void> {
    const { folder } = this.#options;
    for (const { name } of [...this.#copied, ...this.#chain.superseded]) await this.#files.remove(join(folder, name));
    for (const { name } of this.#rejected) await this.#files.rename(join(folder, name), join(folder, `${name}.aside`));
    for (const name of await this.#files.list(folder))
      if ((parseOpeningName(name) ?? this.epoch) < this.epoch) await this.#files.remove(join(folder, name));
  }
}

function diskFull(folder: string, cause: unknown): StartFailed {
  return new StartFailed(`the journal's disk is full (${folder}), and nothing in the folder may go: make room on it, and start again`, {
    cause,
  });
}

async function nextFrame(reader: SegmentReader): Promise<Frame | undefined> {
  for (;;) {
    const frame = reader.next();
    if (frame || !(await reader.more())) return frame;
  }
}
