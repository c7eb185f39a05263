/** The children of one root, by name and by number. A name has one child at a time. */
import { PeerDown } from '../errors';
import type { LinkKey } from '../wire/link';
import type { Child } from './child';
import type { Hold } from './hold';

export class ChildsManager<C extends Child & { hold?: Hold | undefined } = Child> {
  readonly #byId = new Map<number, C>();
  readonly #byName = new Map<string, C>();
  /** Names that are about to be restarted, linked or not. */
  readonly #holds = new Map<string, Hold>();
  /** Names that are to be left with nothing to do, and whether they go for good. */
  readonly #draining = new Map<string, boolean>();

  getChildById(id: number): C | undefined {
    return this.#byId.get(id);
  }

  getChildByName(name: string): C | undefined {
    return this.#byName.get(name);
  }

  /** Firefly counts sessions of its broker; here a child and its session are one and have one number. */
  getChildBYSessionId(sessionId: number): C | undefined {
    return this.#byId.get(sessionId);
  }

  /** Every child that is linked. */
  names(): string[] {
    return [...this.#byName.keys()];
  }

  /** Children that may be chosen for something new: those that are linked and ready, less those that are being drained or restarted. */
  choosable(): string[] {
    const may = ([name, { isReady }]: [string, C]) => isReady && !this.#draining.has(name) && !this.#holds.has(name);
    return [...this.#byName].filter(may).map(([name]) => name);
  }

  /** Children that are being restarted, linked or not: they are back soon, and calls to them wait until then. */
  returning(): string[] {
    const restarting = [...this.#draining].flatMap(([name, forGood]) => (forGood ? [] : [name]));
    return [...new Set([...this.#holds.keys(), ...restarting])];
  }

  [Symbol.iterator](): IterableIterator<C> {
    return this.#byId.values();
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Adds a child; it takes its name over from an older one. */
  addChild(child: C): void {
    this.#byId.set(child.id, child);
    this.#byName.set(child.name, child);
    child.hold = this.#holds.get(child.name);
  }

  /** Forgets a child; its name only if no newer one has it. Closing its link is the root's business. */
  dropChild(child: C): void {
    this.#byId.delete(child.id);
    if (this.#byName.get(child.name) === child) this.#byName.delete(child.name);
    child.hold = undefined;
  }

  dropChildByID(id: number): void {
    const child = this.#byId.get(id);
    if (child) this.dropChild(child);
  }

  /** @returns the target's result; rejects with PeerDown in the same turn when there is no such child */
  callChild(name: string, target: LinkKey, ...args: unknown[]): Promise<unknown> {
    const child = this.#byName.get(name) ?? this.#holds.get(name);
    return child ? child.call(target, args) : Promise.reject(new PeerDown(name, false));
  }

  callChildByName(name: string, target: LinkKey, ...args: unknown[]): Promise<unknown> {
    return this.callChild(name, target, ...args);
  }

  /** For the framework: what takes the calls to that name while it is being restarted; undefined ends that. */
  setHold(name: string, hold: Hold | undefined): void {
    if (hold) this.#holds.set(name, hold);
    else this.#holds.delete(name);
    const child = this.#byName.get(name);
    if (child) child.hold = hold;
  }

  /** For the framework: what takes the calls to that name now. */
  holdOf(name: string): Hold | undefined {
    return this.#holds.get(name);
  }

  /** For the framework: every hold, by name. */
  holds(): Iterable<[name: string, hold: Hold]> {
    return this.#holds;
  }

  /** For the framework: nothing new is to be given to that name; `undefined` ends that. */
  setDraining(name: string, forGood: boolean | undefined): void {
    if (forGood === undefined) this.#draining.delete(name);
    else this.#draining.set(name, forGood);
  }
}
