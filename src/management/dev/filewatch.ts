/**
 * Tells when a file of the game changes that the compiler does not look after: tables, the config, and in a project without TypeScript its modules.
 *
 * It looks at the files a few times a second: that works in every editor, on every file system and in containers.
 */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 300;
/** Folders beyond that are no game's. */
const MOST_FILES = 20_000;

export interface FileWatchOptions {
  /** Absolute; looked at with all below, but for `node_modules` and what begins with a dot. */
  readonly folders: readonly string[];
  /** Absolute. */
  readonly files: readonly string[];
  readonly wants: (file: string) => boolean;
  /** Gets the files that were changed, made or deleted since the last time. */
  readonly changed: (files: readonly string[]) => void;
}

export class FileWatch {
  readonly #options: FileWatchOptions;
  #isOver = false;
  readonly #ended: Promise<void>;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    this.#ended = this.#watch();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#ended;
  }

  async #watch(): Promise<void> {
    let seen = await this.#look();
    while (!this.#isOver) {
      await delay(POLL_MS);
      const now = await this.#look();
      const changed = [...new Set([...seen.keys(), ...now.keys()])].filter((file) => seen.get(file) !== now.get(file));
      seen = now;
      if (changed.length > 0 && !this.#isOver) this.#options.changed(changed);
    }
  }

  async #look(): Promise<Map<string, string>> {
    const { folders, files, wants } = this.#options;
    const seen = new Map<string, string>();
    for (const file of files) await note(file, seen);
    for (const folder of folders) await walk(folder, wants, seen);
    return seen;
  }
}

async function walk(folder: string, wants: (file: string) => boolean, seen: Map<string, string>): Promise<void> {
  // A folder may go while it is looked at.
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || seen.size >= MOST_FILES) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await walk(path, wants, seen);
    else if (wants(path)) await note(path, seen);
  }
}

async function note(file: string, seen: Map<string, string>): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) seen.set(file, `${found.mtimeMs} ${found.size} ${found.ino}`);
}
