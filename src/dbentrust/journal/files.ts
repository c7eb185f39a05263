/**
 * What the journal needs of a file system, and the real one.
 *
 * An interface, so that tests can put a layer in between that forgets what was not synced, or a disk that is full.
 */
import fs from 'node:fs';
import { dirname } from 'node:path';
import { giveToFolder, madeFolders, makeOwnFolder } from '../../config/ownfiles';

export interface JournalFile {
  /** Reads into `target`; fewer bytes than it holds at the end of the file. */
  read(target: Buffer, position: number): Promise<number>;
  /** Writes all of it, one buffer behind the other. */
  write(buffers: readonly Buffer[], position: number): Promise<void>;
  /** Settles when what was written survives a power cut. */
  datasync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

export interface Files {
  /** Makes the folder, durably, if it is not there. */
  makeFolder(folder: string): Promise<void>;
  /** Opens a new file for writing. `exclusive`: made at once, before every other process. @throws EEXIST when it is there */
  create(path: string, exclusive?: boolean): Promise<JournalFile>;
  /** Opens a file that is there. @throws ENOENT */
  open(path: string, access?: 'read' | 'write'): Promise<JournalFile>;
  rename(from: string, to: string): Promise<void>;
  /** No error when it is not there. */
  remove(path: string): Promise<void>;
  /** Settles when the names made, changed and removed in the folder survive a power cut. */
  syncFolder(folder: string): Promise<void>;
  list(folder: string): Promise<string[]>;
  /** A look at a name, in this turn: the system has it in memory, and a trip to the thread pool after each sync would cost more. */
  exists(path: string): boolean;
}

/** The real file system. */
export class DiskFiles implements Files {
  async makeFolder(folder: string): Promise<void> {
    const first = makeOwnFolder(folder);
    if (first !== undefined) for (const made of madeFolders(first, folder)) await this.syncFolder(dirname(made));
  }

  async create(path: string, _exclusive?: boolean): Promise<JournalFile> {
    const fd = await opened(path, 'wx+');
    giveToFolder(path, fd);
    return new DiskFile(fd);
  }

  async open(path: string, access: 'read' | 'write' = 'read'): Promise<JournalFile> {
    return new DiskFile(await opened(path, access === 'read' ? 'r' : 'r+'));
  }

  rename(from: string, to: string): Promise<void> {
    return fs.promises.rename(from, to);
  }

  remove(path: string): Promise<void> {
    return fs.promises.rm(path, { force: true });
  }

  async syncFolder(folder: string): Promise<void> {
    const fd = await opened(folder, 'r');
    try {
      await settled((done) => fs.fsync(fd, done));
    } finally {
      fs.closeSync(fd);
    }
  }

  list(folder: string): Promise<string[]> {
    return fs.promises.readdir(folder);
  }

  exists(path: string): boolean {
    return fs.existsSync(path);
  }
}

/** Plain descriptors: the file handles of node:fs/promises cost twice as much a sync. */
class DiskFile implements JournalFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  read(target: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#fd, target, 0, target.length, position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
    });
  }

  async write(buffers: readonly Buffer[], position: number): Promise<void> {
    let rest = buffers;
    let at = position;
    while (rest.length > 0) {
      // The system takes 1,024 at once.
      const written = await this.#writeSome(rest.slice(0, 1_024), at);
      at += written;
      rest = without(rest, written);
    }
  }

  datasync(): Promise<void> {
    return settled((done) => fs.fdatasync(this.#fd, done));
  }

  truncate(bytes: number): Promise<void> {
    return settled((done) => fs.ftruncate(this.#fd, bytes, done));
  }

  size(): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#fd, (error, stats) => (error ? reject(error) : resolve(stats.size)));
    });
  }

  close(): Promise<void> {
    return settled((done) => fs.close(this.#fd, done));
  }

  #writeSome(buffers: readonly Buffer[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.writev(this.#fd, buffers as Buffer[], position, (error, bytes) => (error ? reject(error) : resolve(bytes)));
    });
  }
}

/** What is left when that many bytes are gone from the front. */
function without(buffers: readonly Buffer[], bytes: number): readonly Buffer[] {
  let left = bytes;
  for (let at = 0; at < buffers.length; at += 1) {
    const buffer = buffers[at] as Buffer;
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(at + 1)];
    left -= buffer.length;
  }
  return [];
}

function opened(path: string, flags: string): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, 0o600, (error, fd) => (error ? reject(error) : resolve(fd)));
  });
}

function settled(start: (done: (error: Error | null | undefined) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
}

/** No room, of any kind: worth another try when somebody has made some. */
export function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}
