/**
 * Loading handler modules afresh beside the ones that run.
 *
 * Only CommonJS can do this without a leak: the old modules leave `require.cache` and the `children` of every module that stays.
 * Loading is synchronous, so no request can see a half-loaded module.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import Module from 'node:module';
import { join, relative, sep } from 'node:path';
import type { LoadFailure } from '../nodewire';

/** A loaded subtree: the modules below one entry that belong to the user. */
export interface Subtree {
  readonly entry: string;
  readonly modules: ReadonlyMap<string, NodeJS.Module>;
  /** Of each module's file, when it was loaded. */
  readonly hashes: ReadonlyMap<string, string>;
}

const FRAMEWORK = join(__dirname, '../..') + sep;
const PACKAGES = `${sep}node_modules${sep}`;

/** Loads a module for the first time. @param entry absolute, extension optional. @throws whatever the module throws */
export function load(entry: string): Subtree {
  const file = require.resolve(entry);
  require(file);
  detach(new Set([file]));
  return subtreeOf(file);
}

/**
 * Loads a module and all below it a second time. The running modules stay in the cache; `adopt` puts the new ones in.
 *
 * @throws whatever a module throws; nothing has changed then
 */
export function loadAfresh(running: Subtree): Subtree {
  evict(running.modules.keys());
  const staying = new Set(Object.keys(require.cache));
  try {
    return load(running.entry);
  } finally {
    // A failed load leaves modules behind that are in no subtree; the next load must not find them. Packages are loaded once for all.
    evict(Object.keys(require.cache).filter((file) => !staying.has(file) && isOurs(file)));
    restore(running);
  }
}

/** Makes `next` what `require` finds from now on. */
export function adopt(running: Subtree, next: Subtree): void {
  evict(running.modules.keys());
  restore(next);
}

/**
 * A short hash of the code of these subtrees and of the data that comes with it: which code runs. The last one that has a file says what is in it.
 *
 * @param base what the names of files are relative to @param game the config's `game` section
 */
export function versionOf(subtrees: readonly Subtree[], base: string, game?: unknown): string {
  const hashes = new Map(subtrees.flatMap((subtree) => [...subtree.hashes]));
  const hash = createHash('sha256');
  for (const file of [...hashes.keys()].sort()) hash.update(`${relative(base, file)}\0${hashes.get(file)}\0`);
  if (game !== undefined && game !== null) hash.update(JSON.stringify(game));
  return hash.digest('hex').slice(0, 12);
}

/**
 * Finds sources that were changed since they were built, by content: the source map carries the text that was compiled.
 *
 * @returns one failure a file, with the first line that differs
 */
export function staleSources(subtree: Subtree): LoadFailure[] {
  return [...subtree.modules.keys()].flatMap((file) => {
    const source = file.replace(/\.js$/, '.ts');
    if (source === file || !existsSync(source) || !existsSync(`${file}.map`)) return [];
    const built = (JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sourcesContent?: string[] }).sourcesContent?.[0];
    const now = readFileSync(source, 'utf8');
    if (built === undefined || built === now) return [];
    return [
      {
        file: source,
        line: firstDifference(built, now),
        message: 'the source was changed after the last build; build first (npm run build)',
      },
    ];
  });
}

/** A file's path without its extension: the same for the source and what was built from it. */
export function unitOf(file: string): string {
  return file.replace(/\.[cm]?[jt]s$/, '');
}

/** Whether a file belongs to the game: neither to the framework nor to a package nor to Node. */
export function isOurs(file: string): boolean {
  return !file.startsWith(FRAMEWORK) && !file.includes(PACKAGES) && !file.startsWith('node:');
}

function subtreeOf(entry: string): Subtree {
  const modules = new Map<string, NodeJS.Module>();
  const visit = (module: NodeJS.Module | undefined) => {
    if (!module || modules.has(module.filename) || !isOurs(module.filename)) return;
    modules.set(module.filename, module);
    for (const child of module.children) visit(child);
  };
  visit(require.cache[entry]);
  return { entry, modules, hashes: new Map([...modules.keys()].map((file) => [file, hashOf(file)])) };
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function evict(files: Iterable<string>): void {
  const going = new Set(files);
  for (const file of going) delete require.cache[file];
  // Where a name leads is remembered too, and a file may have moved.
  const { _pathCache: paths = {} } = Module as unknown as { _pathCache?: Record<string, string> };
  for (const [name, file] of Object.entries(paths)) if (going.has(file)) delete paths[name];
  detach(going);
}

function restore(subtree: Subtree): void {
  for (const [file, module] of subtree.modules) require.cache[file] = module;
}

/** Cuts the arrows from modules that stay to modules that may go, which would keep them in memory. */
function detach(files: ReadonlySet<string>): void {
  const survivors = Object.values(require.cache).filter((survivor) => survivor && !files.has(survivor.filename));
  for (const survivor of survivors) {
    if (!survivor?.children.some((child) => files.has(child.filename))) continue;
    survivor.children = survivor.children.filter((child) => !files.has(child.filename));
  }
}

function firstDifference(built: string, now: string): number {
  const before = built.split('\n');
  const index = now.split('\n').findIndex((line, at) => line !== before[at]);
  return index < 0 ? before.length : index + 1;
}
