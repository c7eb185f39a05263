/**
 * What new code asks for that only the start of a process does: hooks of `onStart`, and with them migrations.
 *
 * A reload runs neither, so whoever asks for one is told which node has to be restarted for them.
 */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { StartHook } from './generation';
import { type Subtree, unitOf } from './modules';

export class StartOnly {
  readonly #dir: string;
  /** How often each hook was asked for when the process started, by its file and its text. */
  readonly #hooks: ReadonlyMap<string, number>;
  /** Modules that were there then, without extension. */
  readonly #modules: ReadonlySet<string>;

  /** As they were when the process started. @param dir what the names of files are relative to */
  constructor(dir: string, hooks: readonly StartHook[], subtrees: readonly Subtree[]) {
    this.#dir = dir;
    this.#hooks = counted(hooks);
    this.#modules = new Set(subtrees.flatMap(({ modules }) => [...modules.keys()].map(unitOf)));
  }

  /** What waits for the next start, for a person. @param migrates whether this node is the one that runs migrations */
  waiting(hooks: readonly StartHook[], subtree: Subtree, migrates: boolean): string[] {
    const seen = new Map<string, number>();
    const changed = hooks.filter((hook) => {
      const key = keyOf(hook);
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return (seen.get(key) ?? 0) > (this.#hooks.get(key) ?? 0);
    });
    const migrations = migrates ? [...subtree.modules.values()].filter((module) => this.#isNewMigration(module)) : [];
    return [
      ...migrations.map(({ filename }) => `migration ${relative(this.#dir, sourceOf(filename))}`),
      ...changed.map(({ place }) => `onStart at ${place}`),
    ];
  }

  #isNewMigration({ filename, exports }: NodeJS.Module): boolean {
    const isMigration = typeof exports === 'object' && exports !== null && typeof exports.up === 'function';
    return isMigration && !this.#modules.has(unitOf(filename));
  }
}

function counted(hooks: readonly StartHook[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of hooks.map(keyOf)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** A hook that only moved to another line is the same. */
function keyOf({ run, place }: StartHook): string {
  return `${place.replace(/:\d+$/, '')}\0${run}`;
}

function sourceOf(file: string): string {
  const source = `${unitOf(file)}.ts`;
  return existsSync(source) ? source : file;
}
