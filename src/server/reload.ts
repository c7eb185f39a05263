/**
 * A node's share of a reload: load beside the running code, then take over in one step, or forget it.
 *
 * The master prepares all nodes before it commits any. A prepared load that nobody commits is dropped after a while.
 */
import { ReloadFailed } from '../errors';
import type { Logger } from '../log/log';
import type { Generation } from './generation';
import type { NodeGlobals } from './globalobject';
import {
  adopt,
  describeFailure,
  type LoadFailure,
  load,
  loadAfresh,
  type Subtree,
  staleSources,
  startFailure,
  unitOf,
  versionOf,
} from './modules';
import { type Wired, Wiring } from './wiring';

/** How long a prepared load waits for its commit. */
const PREPARED_MS = 60_000;

export type Prepared =
  | { readonly ok: true; readonly codeVersion: string }
  | { readonly ok: false; readonly failures: readonly LoadFailure[] };

export class Reloader {
  readonly #globals: NodeGlobals;
  readonly #dir: string;
  readonly #log: Logger;
  #wiring: Wiring | undefined;
  #app: Subtree | undefined;
  #root: Subtree | undefined;
  /** Prepared and not committed; `states` are those that only this load asked for. */
  #next:
    | {
        readonly subtree: Subtree;
        readonly wired: Wired;
        readonly version: string;
        readonly states: readonly string[];
        readonly stays: (file: string) => boolean;
        readonly timer: NodeJS.Timeout;
      }
    | undefined;
  #version = '';

  /** @param dir the project's folder; versions name files relative to it */
  constructor(globals: NodeGlobals, dir: string, log: Logger) {
    this.#globals = globals;
    this.#dir = dir;
    this.#log = log;
  }

  /** Hash of the code that runs; empty before the first load. */
  get codeVersion(): string {
    return this.#version;
  }

  /**
   * Loads the node's modules for the first time.
   *
   * @param reload module that reloads load afresh; `app` when undefined
   * @throws StartFailed naming file and line
   */
  start(app: string | undefined, reload: string | undefined): void {
    this.#globals.node.isPartial = reload !== undefined;
    this.#wiring = new Wiring(this.#globals, reload !== undefined);
    if (!app) return;
    const all = this.#first(app);
    this.#root = reload ? this.#first(reload) : all;
    this.#app = reload ? without(all, this.#root) : all;
    this.#globals.reloadmodule = reload;
    this.#version = versionOf(this.#subtrees(this.#root), this.#dir);
    for (const stale of this.#subtrees(this.#root).flatMap(staleSources)) this.#log.warn(`${stale.file}:${stale.line}: ${stale.message}`);
  }

  /** Loads the reload root afresh, beside the running code. Changes nothing. */
  prepare(): Prepared {
    this.abort();
    const wiring = this.#wiring;
    const root = this.#root;
    if (!wiring || !root) return { ok: true, codeVersion: this.#version };
    const running = wiring.take();
    const known = new Set(this.#globals.node.states.keys());
    const added = () => [...this.#globals.node.states.keys()].filter((name) => !known.has(name));
    const going = new Set([...root.modules.keys()].map(unitOf));
    const stays = (file: string) => !going.has(unitOf(file));
    try {
      wiring.put(wiring.renewed(running, ({ file }) => stays(file)));
      const subtree = loadAfresh(root);
      const stale = staleSources(subtree);
      if (stale.length > 0) return this.#failed(stale, added());
      const version = versionOf(this.#subtrees(subtree), this.#dir);
      const timer = setTimeout(() => this.abort(), PREPARED_MS);
      this.#next = { subtree, wired: wiring.take(), version, states: added(), stays, timer };
      return { ok: true, codeVersion: version };
    } catch (error) {
      const stale = staleSources(root);
      return this.#failed(stale.length > 0 ? stale : [describeFailure(error, root.entry)], added());
    } finally {
      wiring.put(running);
    }
  }

  /** Lets the prepared code take over. Timers of the old code end, and its hooks run. @throws ReloadFailed when nothing is prepared */
  commit(): string {
    const next = this.#next;
    if (this.#root === undefined) return this.#version;
    if (!next || !this.#wiring) throw new ReloadFailed('nothing is prepared here; start the reload again');
    clearTimeout(next.timer);
    this.#next = undefined;
    const old = this.#globals.node.generation;
    adopt(this.#root, next.subtree);
    this.#wiring.replace(this.#wiring.take(), next.wired);
    if (this.#app === this.#root) this.#app = next.subtree;
    this.#root = next.subtree;
    this.#version = next.version;
    const { generation } = this.#globals.node;
    generation.adopt(old, next.stays);
    generation.start();
    // The new code runs already: nobody waits for hooks of the old.
    void this.#end(old);
    return this.#version;
  }

  async #end(old: Generation): Promise<void> {
    for (const error of await old.end()) this.#log.error({ error }, 'an onUnload hook failed');
  }

  /** Forgets a prepared load. */
  abort(): void {
    if (!this.#next) return;
    clearTimeout(this.#next.timer);
    this.#forgetStates(this.#next.states);
    this.#next = undefined;
  }

  #first(entry: string): Subtree {
    try {
      return load(entry);
    } catch (error) {
      throw startFailure(error, entry);
    }
  }

  #failed(failures: readonly LoadFailure[], states: readonly string[]): Prepared {
    this.#forgetStates(states);
    return { ok: false, failures };
  }

  /** Drops state objects that only the forgotten load asked for. */
  #forgetStates(names: readonly string[]): void {
    for (const name of names) this.#globals.node.states.delete(name);
  }

  /** The node's modules with `root` as its reload root. */
  #subtrees(root: Subtree): Subtree[] {
    return this.#app && this.#app !== this.#root ? [this.#app, root] : [root];
  }
}

/** A node's modules that its reloads leave alone. */
function without(all: Subtree, reloaded: Subtree): Subtree {
  const stays = <T>(part: ReadonlyMap<string, T>) => new Map([...part].filter(([file]) => !reloaded.modules.has(file)));
  return { entry: all.entry, modules: stays(all.modules), hashes: stays(all.hashes) };
}
