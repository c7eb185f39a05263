/**
 * Loading handler modules afresh beside the ones that run.
 *
 * Only CommonJS can do this without a leak: the old modules leave `require.cache` and the `children` of every module that stays.
 * Loading is synchronous, so no request can see a half-loaded module.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import Module, { SourceMap } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Script } from 'node:vm';
import { StartFailed } from '../errors';

/** Where a load failed, for a person. */
export interface LoadFailure {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A loaded subtree: the modules below one entry that belong to the user. */
export interface Subtree {
  readonly entry: string;
  readonly modules: ReadonlyMap<string, NodeJS.Module>;
  /** Of each module's file, when it was loaded. */
  readonly hashes: ReadonlyMap<string, string>;
}

const FRAMEWORK = join(__dirname, '..') + sep;
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

/** A short hash of the code of these subtrees: which code runs. The last one that has a file says what is in it. */
export function versionOf(subtrees: readonly Subtree[], base: string): string {
  const hashes = new Map(subtrees.flatMap((subtree) => [...subtree.hashes]));
  const hash = createHash('sha256');
  for (const file of [...hashes.keys()].sort()) hash.update(`${relative(base, file)}\0${hashes.get(file)}\0`);
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

/** Where in the user's files an error of a load came from. */
export function describeFailure(error: unknown, entry: string): LoadFailure {
  const message = error instanceof Error ? `${error.name}: ${error.message.split('\n')[0]}` : String(error);
  const frames = framesOf(error).filter(({ file }) => isOurs(file));
  const required = (error as { requireStack?: string[] }).requireStack?.find(isOurs);
  if (required) {
    const frame = frames.find(({ file }) => unitOf(file) === unitOf(required));
    return { ...(frame ? original(frame) : { file: required, line: 0 }), message };
  }
  const [first] = frames;
  if (!first) return { file: entry, line: 0, message };
  const emitted = error instanceof SyntaxError ? unparsable(`${unitOf(first.file)}.js`) : undefined;
  return { ...(emitted ?? original(first)), message };
}

/** The error of a node whose module or hook threw: says where, when that is known. */
export function startFailure(error: unknown, entry: string): StartFailed {
  const { file, line, message } = describeFailure(error, entry);
  return new StartFailed(line > 0 ? `${file}:${line}: ${message}` : message, { cause: error });
}

/** A file's path without its extension: the same for the source and what was built from it. */
export function unitOf(file: string): string {
  return file.replace(/\.[cm]?[jt]s$/, '');
}

interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The frames of an error in emitted files; in sources, when somebody has looked at its stack before. */
function framesOf(error: unknown): Frame[] {
  const stack = withoutSourceMaps(() => (error instanceof Error ? (error.stack ?? '') : ''));
  return stack.split('\n').flatMap((line) => {
    const [, file, at, column] = /(?:^|[\s(])((?:\/|[A-Za-z]:\\)[^():]+):(\d+)(?::(\d+))?\)?$/.exec(line) ?? [];
    return file === undefined ? [] : [{ file, line: Number(at), column: Number(column ?? 1) }];
  });
}

/**
 * Where a frame is in the source, by the map that lies beside the emitted file: Node 20 takes the map of the oldest load of a file that is
 * still in memory, which is the one that runs and not the one that failed.
 */
function original({ file, line, column }: Frame): { file: string; line: number } {
  if (!existsSync(`${file}.map`)) return { file, line };
  const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  const entry = map.findEntry(line - 1, column - 1);
  return 'originalSource' in entry ? { file: resolve(dirname(file), entry.originalSource), line: entry.originalLine + 1 } : { file, line };
}

/** Where a file cannot be parsed. It is no longer what its source map describes, so the emitted file is named. */
function unparsable(file: string): { file: string; line: number } | undefined {
  return withoutSourceMaps(() => {
    try {
      new Script(readFileSync(file, 'utf8'), { filename: file });
      return undefined;
    } catch (error) {
      const line = error instanceof SyntaxError ? /^.*:(\d+)$/m.exec(error.stack ?? '')?.[1] : undefined;
      return line === undefined ? undefined : { file, line: Number(line) };
    }
  });
}

function withoutSourceMaps<T>(work: () => T): T {
  process.setSourceMapsEnabled(false);
  try {
    return work();
  } finally {
    process.setSourceMapsEnabled(true);
  }
}

function isOurs(file: string): boolean {
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
