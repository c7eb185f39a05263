/**
 * CPU profiles and heap snapshots of this process, as files in the data folder that only their owner may read.
 *
 * They hold whatever the process holds, secrets too. A bounded number is kept; one is made at a time.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';
import { makeOwnFile, makeOwnFolder } from '../../config/ownfiles';
import { QueueFull } from '../../errors';
import type { Logger } from '../../log/log';

/** How many of a kind are kept, those of all nodes of the folder together. */
const KEPT = { cpuprofile: 20, heapsnapshot: 4 } as const;
type Kind = keyof typeof KEPT;

/** As they are made here; nothing else is ever a profile, whatever somebody asks for. */
const NAME = /^[\w.-]+\.(cpuprofile|heapsnapshot)$/;

export type During = (what: string, work: () => void) => Promise<void>;

export interface ProfileFile {
  /** Its name in the folder. */
  readonly file: string;
  readonly bytes: number;
}

/** Where the profiles of a cluster are. */
export function profileFolder(dataDir: string): string {
  return join(dataDir, 'profiles');
}

/** The newest last. */
export async function listProfiles(folder: string): Promise<ProfileFile[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => NAME.test(file)).sort();
  const sizes = await Promise.all(files.map((file) => stat(join(folder, file)).catch(() => undefined)));
  return files.flatMap((file, index) => (sizes[index]?.isFile() ? [{ file, bytes: sizes[index].size }] : []));
}

export class Profiles {
  readonly #folder: string;
  readonly #node: string;
  readonly #log: Logger;
  readonly #during: During;
  #underWay = false;
  #lastHeap: { readonly ticket: string; readonly file: Promise<ProfileFile> } | undefined;

  /** @param during runs what makes the process stand still, so that it is not taken for a hang */
  constructor(folder: string, node: string, log: Logger, during: During = (_what, work) => Promise.resolve().then(work)) {
    this.#folder = folder;
    this.#node = node.replace(/[^\w.-]/g, '_');
    this.#log = log;
    this.#during = during;
  }

  /** Watches what the process does for that many seconds. @throws QueueFull when one is being made */
  cpu(seconds: number): Promise<ProfileFile> {
    return this.#alone(async () => {
      const { Session } = await import('node:inspector/promises');
      const session = new Session();
      session.connect();
      try {
        await session.post('Profiler.enable');
        await session.post('Profiler.start');
        await delay(seconds * 1_000);
        const { profile } = await session.post('Profiler.stop');
        return await this.#write('cpuprofile', (path) => writeFile(path, JSON.stringify(profile)));
      } finally {
        session.disconnect();
      }
    });
  }

  /**
   * Writes what is in the heap. The process stands still meanwhile, for a second per 100 MB or so, and its links may be lost.
   *
   * @param ticket of the caller's choice; who lost the answer asks again with the same one
   * @throws QueueFull when one is being made
   */
  heap(ticket: string): Promise<ProfileFile> {
    if (this.#lastHeap?.ticket === ticket) return this.#lastHeap.file;
    const file = this.#alone(() => this.#heap());
    this.#lastHeap = { ticket, file };
    return file;
  }

  async #heap(): Promise<ProfileFile> {
    this.#log.warn({ event: 'heap snapshot' }, 'a heap snapshot is written; this process stands still meanwhile');
    // The line, and what else this turn has to say, leaves first.
    await nextTurn();
    const started = performance.now();
    const written = await this.#write('heapsnapshot', (path) =>
      this.#during('a heap snapshot is written', () => void writeHeapSnapshot(path)),
    );
    const ms = Math.round(performance.now() - started);
    this.#log.warn({ event: 'heap snapshot', ...written, ms }, `the heap snapshot took ${ms} ms`);
    return written;
  }

  async #alone(work: () => Promise<ProfileFile>): Promise<ProfileFile> {
    if (this.#underWay) throw new QueueFull(`profiles of ${this.#node} under way`, 1);
    this.#underWay = true;
    try {
      return await work();
    } finally {
      this.#underWay = false;
    }
  }

  async #write(kind: Kind, write: (path: string) => Promise<void>): Promise<ProfileFile> {
    makeOwnFolder(this.#folder);
    // The time first: the order of names is the order of time, whichever node it was.
    const file = `${new Date().toISOString().replace(/[:.]/g, '-')}-${this.#node}.${kind}`;
    const path = join(this.#folder, file);
    makeOwnFile(path);
    await write(path);
    const { size } = await stat(path);
    await this.#prune(kind);
    return { file, bytes: size };
  }

  async #prune(kind: Kind): Promise<void> {
    const all = (await listProfiles(this.#folder)).filter(({ file }) => file.endsWith(`.${kind}`));
    for (const { file } of all.slice(0, -KEPT[kind])) await rm(join(this.#folder, file), { force: true });
  }
}
