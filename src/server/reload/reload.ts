/**
 * A node's share of a reload: load beside the running code, then take over in one step, or forget it.
 *
 * The master prepares all nodes before it commits any. A prepared load that nobody commits is dropped after a while.
 */
import { ReloadFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { CallBatches } from '../../metrics/callbatches';
import type { NodeGlobals } from '../globalobject';
import type { Committed, LoadFailure, Prepared, ReloadOrder } from '../nodewire';
import { describeFailure, startFailure } from './loadfailure';
import { runLoadHooks } from './loadhooks';
import { adopt, load, loadAfresh, type Subtree, staleSources, unitOf, versionOf } from './modules';
import { Retired } from './retired';
import { StartOnly } from './startonly';
import { type Wired, Wiring } from './wiring';

export interface ReloaderOptions {
  readonly globals: NodeGlobals;
  /** The project's folder; versions name files relative to it. */
  readonly dir: string;
  readonly log: Logger;
  readonly calls: CallBatches;
  /** How long calls of the old code may keep its timers. */
  readonly callsMs: number;
}

/** What is prepared or on its way there; `states` are those that only this load asked for. */
interface Next {
  readonly id: string;
  readonly subtree: Subtree;
  readonly wired: Wired;
  readonly version: string;
  /** What of it only the next start of the process does. */
  readonly waits: readonly string[];
  readonly states: readonly string[];
  readonly stays: (file: string) => boolean;
  readonly timer: NodeJS.Timeout;
  isReady: boolean;
}

export class Reloader {
  readonly #globals: NodeGlobals;
  readonly #dir: string;
  readonly #log: Logger;
  readonly #calls: CallBatches;
  readonly #retired: Retired;
  #wiring: Wiring | undefined;
  #startOnly: StartOnly | undefined;
  #app: Subtree | undefined;
  #root: Subtree | undefined;
  #next: Next | undefined;
  #version = '';

  constructor({ globals, dir, log, calls, callsMs }: ReloaderOptions) {
    this.#globals = globals;
    this.#dir = dir;
    this.#log = log;
    this.#calls = calls;
    this.#retired = new Retired(log, callsMs);
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
    this.#startOnly = new StartOnly(this.#dir, this.#globals.node.generation.starts, this.#subtrees(this.#root));
    this.#version = this.#versionWith(this.#root, this.#globals.config.game);
    for (const stale of this.#subtrees(this.#root).flatMap(staleSources)) this.#log.warn(`${stale.file}:${stale.line}: ${stale.message}`);
  }

  /** Loads the reload root afresh, beside the running code, and runs its `onLoad` hooks. Changes nothing. */
  async prepare(order: ReloadOrder): Promise<Prepared> {
    this.forget('another reload has begun');
    const began = performance.now();
    const loaded = this.#load(order);
    const pauseMs = since(began);
    if (!loaded) return { ok: true, codeVersion: this.#version, pauseMs, waits: [] };
    if ('ok' in loaded) return loaded;
    this.#next = loaded.next;
    const failure = await runLoadHooks(loaded.hooks, order.prepareMs, loaded.next.subtree.entry);
    if (this.#next !== loaded.next) {
      const message = 'it was dropped before it had ended; start the reload again';
      return { ok: false, failures: [failure ?? { file: loaded.next.subtree.entry, line: 0, message }] };
    }
    if (failure) {
      this.#drop();
      return { ok: false, failures: [failure] };
    }
    loaded.next.isReady = true;
    return { ok: true, codeVersion: loaded.next.version, pauseMs, waits: loaded.next.waits };
  }

  /** Lets the prepared code take over. Timers of the old code end, and its hooks run, when its calls have ended. @throws ReloadFailed when that is not prepared */
  commit(id: string): Committed {
    const began = performance.now();
    const next = this.#next;
    if (this.#root === undefined) return { codeVersion: this.#version, pauseMs: 0 };
    if (!next?.isReady || next.id !== id || !this.#wiring) throw new ReloadFailed('nothing is prepared here; start the reload again');
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
    this.#retired.add(old, this.#calls.next());
    return { codeVersion: this.#version, pauseMs: since(began) };
  }

  /** Forgets the load of that order, if it is not committed. */
  abort(id: string, why: string): void {
    if (this.#next?.id === id) this.forget(why);
  }

  /** Forgets a load that is not committed, and says so. */
  forget(why: string): void {
    if (!this.#next) return;
    this.#drop();
    this.#log.info({ reason: why }, 'a prepared reload was dropped');
  }

  /** Ends what is left of old code, then the code that runs: timers, and hooks, which are awaited. */
  async close(): Promise<void> {
    this.#drop();
    await this.#retired.close();
    for (const error of await this.#globals.node.generation.end()) this.#log.error({ error }, 'an onUnload hook failed');
  }

  /** The part of a load that must be done in one turn: no request may see it. */
  #load(order: ReloadOrder): { next: Next; hooks: readonly (() => unknown)[] } | (Prepared & { ok: false }) | undefined {
    const wiring = this.#wiring;
    const root = this.#root;
    if (!wiring || !root) return undefined;
    const running = wiring.take();
    const known = new Set(this.#globals.node.states.keys());
    const added = () => [...this.#globals.node.states.keys()].filter((name) => !known.has(name));
    const going = new Set([...root.modules.keys()].map(unitOf));
    const stays = (file: string) => !going.has(unitOf(file));
    try {
      wiring.put(wiring.renewed(running, ({ file }) => stays(file)));
      this.#globals.config = { ...this.#globals.config, game: order.game };
      const subtree = loadAfresh(root);
      const stale = staleSources(subtree);
      if (stale.length > 0) return this.#failed(stale, added());
      const version = this.#versionWith(subtree, order.game);
      const timer = setTimeout(() => this.abort(order.id, `no commit came within ${order.keepMs} ms`), order.keepMs);
      const waits =
        this.#startOnly?.waiting(this.#globals.node.generation.starts, subtree, this.#globals.node.sql?.migrate !== undefined) ?? [];
      const next = { id: order.id, subtree, wired: wiring.take(), version, waits, states: added(), stays, timer, isReady: false };
      return { next, hooks: this.#globals.node.generation.loads };
    } catch (error) {
      const stale = staleSources(root);
      return this.#failed(stale.length > 0 ? stale : [describeFailure(error, root.entry)], added());
    } finally {
      wiring.put(running);
    }
  }

  #drop(): void {
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

  #failed(failures: readonly LoadFailure[], states: readonly string[]): Prepared & { ok: false } {
    this.#forgetStates(states);
    return { ok: false, failures };
  }

  /** Drops state objects that only the forgotten load asked for. */
  #forgetStates(names: readonly string[]): void {
    for (const name of names) this.#globals.node.states.delete(name);
  }

  #versionWith(root: Subtree, game: unknown): string {
    return versionOf(this.#subtrees(root), this.#dir, game);
  }

  /** The node's modules with `root` as its reload root. */
  #subtrees(root: Subtree): Subtree[] {
    return this.#app && this.#app !== this.#root ? [this.#app, root] : [root];
  }
}

/** Milliseconds, to two places. */
function since(began: number): number {
  return Math.round((performance.now() - began) * 100) / 100;
}

/** A node's modules that its reloads leave alone. */
function without(all: Subtree, reloaded: Subtree): Subtree {
  const stays = <T>(part: ReadonlyMap<string, T>) => new Map([...part].filter(([file]) => !reloaded.modules.has(file)));
  return { entry: all.entry, modules: stays(all.modules), hashes: stays(all.hashes) };
}
