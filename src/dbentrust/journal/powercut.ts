/**
 * A file layer for tests: what was not synced is kept in this process, so that SIGKILL is a power cut.
 *
 * As on a real machine, some of it may reach the disk before: a beginning of what was written, or some of its pages and not others, or a new name. `FIREFLY_FAULT_SEED` makes
 * the choice repeatable.
 */
import { dirname, join } from 'node:path';
import type { Files, JournalFile } from './files';

const PAGE = 4_096;
/** What a name has on the real disk until its folder is synced. */
const UNSYNCED = '.unsynced';
/** How often something is on the disk before it is synced. */
const EARLY = 0.25;

type Random = () => number;

export class PowerCutFiles implements Files {
  readonly #disk: Files;
  readonly #early: number;
  readonly #random: Random;
  /** Names that no sync of their folder has reached, and where their files are meanwhile. */
  readonly #names = new Map<string, string>();

  constructor(disk: Files, seed = Number(process.env.FIREFLY_FAULT_SEED ?? process.pid), early = EARLY) {
    this.#disk = disk;
    this.#early = early;
    this.#random = randomFrom(seed);
  }

  makeFolder(folder: string): Promise<void> {
    return this.#disk.makeFolder(folder);
  }

  async create(path: string, exclusive = false): Promise<JournalFile> {
    if (exclusive) return new PowerCutFile(await this.#disk.create(path, true), this.#random, this.#early);
    const real = path + UNSYNCED;
    await this.#disk.remove(real);
    this.#names.set(path, real);
    return new PowerCutFile(await this.#disk.create(real), this.#random, this.#early);
  }

  async open(path: string, access?: 'read' | 'write'): Promise<JournalFile> {
    return new PowerCutFile(await this.#disk.open(this.#names.get(path) ?? path, access), this.#random, this.#early);
  }

  async rename(from: string, to: string): Promise<void> {
    const real = this.#names.get(from);
    if (real === undefined) return this.#disk.rename(from, to);
    this.#names.delete(from);
    this.#names.set(to, real);
    if (this.#random() < this.#early) await this.#keepNames(dirname(to));
  }

  async remove(path: string): Promise<void> {
    const real = this.#names.get(path);
    this.#names.delete(path);
    await this.#disk.remove(real ?? path);
  }

  async syncFolder(folder: string): Promise<void> {
    await this.#keepNames(folder);
    await this.#disk.syncFolder(folder);
  }

  async list(folder: string): Promise<string[]> {
    const there = (await this.#disk.list(folder)).filter((name) => !name.endsWith(UNSYNCED));
    const own = [...this.#names.keys()].filter((path) => dirname(path) === folder).map((path) => path.slice(join(folder, '/').length));
    return [...new Set([...there, ...own])];
  }

  exists(path: string): boolean {
    return this.#names.has(path) || this.#disk.exists(path);
  }

  async #keepNames(folder: string): Promise<void> {
    for (const [path, real] of [...this.#names]) {
      if (dirname(path) !== folder) continue;
      this.#names.delete(path);
      await this.#disk.rename(real, path);
    }
  }
}

class PowerCutFile implements JournalFile {
  readonly #disk: JournalFile;
  readonly #random: Random;
  readonly #early: number;
  #unsynced: { readonly bytes: Buffer; readonly position: number }[] = [];

  constructor(disk: JournalFile, random: Random, early: number) {
    this.#disk = disk;
    this.#random = random;
    this.#early = early;
  }

  async read(target: Buffer, position: number): Promise<number> {
    let end = position + (await this.#disk.read(target, position));
    for (const { bytes, position: at } of this.#unsynced) {
      const from = Math.max(at, position);
      const to = Math.min(at + bytes.length, position + target.length);
      if (from >= to) continue;
      bytes.copy(target, from - position, from - at, to - at);
      end = Math.max(end, to);
    }
    return end - position;
  }

  async write(buffers: readonly Buffer[], position: number): Promise<void> {
    const bytes = Buffer.concat(buffers);
    this.#unsynced.push({ bytes, position });
    const early = this.#random();
    if (early < this.#early) await this.#disk.write([bytes.subarray(0, Math.floor(this.#random() * bytes.length))], position);
    else if (early < 2 * this.#early) await this.#writeSomePages(bytes, position);
  }

  async datasync(): Promise<void> {
    const written = this.#unsynced;
    this.#unsynced = [];
    for (const { bytes, position } of written) await this.#disk.write([bytes], position);
    await this.#disk.datasync();
  }

  async truncate(length: number): Promise<void> {
    this.#unsynced = this.#unsynced.flatMap(({ bytes, position }) =>
      position < length ? { bytes: bytes.subarray(0, length - position), position } : [],
    );
    if ((await this.#disk.size()) > length) await this.#disk.truncate(length);
  }

  async size(): Promise<number> {
    return Math.max(await this.#disk.size(), ...this.#unsynced.map(({ bytes, position }) => position + bytes.length));
  }

  close(): Promise<void> {
    return this.#disk.close();
  }

  /** Pages reach a disk in any order; between them the file reads as zeros. */
  async #writeSomePages(bytes: Buffer, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + PAGE - ((position + at) % PAGE));
      if (this.#random() < 0.5) await this.#disk.write([bytes.subarray(at, end)], position + at);
      at = end;
    }
  }
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
