/** A folder for journals that goes with the test, and the shortest way to open one in it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Applied, Journal, JournalEntry } from '../../../src/dbentrust/journal/contract';
import { parseSegmentName } from '../../../src/dbentrust/journal/header';
import { claimJournal, type JournalOptions } from '../../../src/dbentrust/journal/open';
import { Metrics } from '../../../src/metrics/metrics';
import { silentLog } from '../../helpers/services';

export interface Opened {
  readonly journal: Journal;
  readonly entries: readonly JournalEntry[];
  /** Payloads of the records, as text. */
  readonly texts: readonly string[];
}

export type FolderOptions = Partial<JournalOptions> & { readonly snapshot?: () => Buffer };

export class JournalFolder implements AsyncDisposable {
  readonly path: string;
  readonly #journals: Journal[] = [];

  constructor(path = mkdtempSync(join(tmpdir(), 'firefly-journal-'))) {
    this.path = path;
  }

  options(options: Partial<JournalOptions> = {}): JournalOptions {
    return {
      folder: this.path,
      segmentBytes: 64 * 1024 * 1024,
      maxBytes: 1024 * 1024 * 1024,
      keepMs: 86_400_000,
      log: silentLog(),
      metrics: new Metrics('test'),
      ...options,
    };
  }

  async open(applied?: Applied, { snapshot = () => Buffer.from('snapshot'), ...options }: FolderOptions = {}): Promise<Opened> {
    const opening = await claimJournal(this.options(options));
    try {
      const entries: JournalEntry[] = [];
      for await (const entry of opening.replay(applied)) entries.push(entry);
      const journal = await opening.open(snapshot);
      this.#journals.push(journal);
      return { journal, entries, texts: entries.filter(({ kind }) => kind === 'record').map(({ payload }) => payload.toString()) };
    } catch (error) {
      await opening.close();
      throw error;
    }
  }

  /** What a writer finds that opens it now, without keeping it open. */
  async read(applied?: Applied, options: FolderOptions = {}): Promise<Opened> {
    const opened = await this.open(applied, options);
    await opened.journal.close();
    return opened;
  }

  /** Names of the segments, oldest first. */
  async segments(): Promise<string[]> {
    const { readdir } = await import('node:fs/promises');
    return (await readdir(this.path)).filter((name) => parseSegmentName(name)).sort();
  }

  bytesOf(name: string): Buffer {
    return readFileSync(join(this.path, name));
  }

  overwrite(name: string, bytes: Uint8Array): void {
    writeFileSync(join(this.path, name), bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const journal of this.#journals) await journal.close().catch(() => undefined);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Appends texts and waits until they are durable, each group in a write of its own. */
export async function appendAll(journal: Journal, ...groups: readonly (readonly string[])[]): Promise<number> {
  let last = journal.appended;
  for (const group of groups) {
    for (const text of group) last = journal.append(Buffer.from(text));
    await journal.sync(last);
  }
  return last;
}

export function texts(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
