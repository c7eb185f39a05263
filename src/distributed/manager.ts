/** The children of one root, by name and by number. A name has one child at a time. */
import { PeerDown } from '../errors';
import type { LinkKey } from '../wire/link';
import type { Child } from './child';

export class ChildsManager<C extends Child = Child> {
  readonly #byId = new Map<number, C>();
  readonly #byName = new Map<string, C>();

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

  names(): string[] {
    return [...this.#byName.keys()];
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
  }

  /** Forgets a child; its name only if no newer one has it. Closing its link is the root's business. */
  dropChild(child: C): void {
    this.#byId.delete(child.id);
    if (this.#byName.get(child.name) === child) this.#byName.delete(child.name);
  }

  dropChildByID(id: number): void {
    const child = this.#byId.get(id);
    if (child) this.dropChild(child);
  }

  /** @returns the target's result; rejects with PeerDown in the same turn when there is no such child */
  callChild(name: string, target: LinkKey, ...args: unknown[]): Promise<unknown> {
    const child = this.#byName.get(name);
    return child ? child.call(target, args) : Promise.reject(new PeerDown(name, false));
  }

  callChildByName(name: string, target: LinkKey, ...args: unknown[]): Promise<unknown> {
    return this.callChild(name, target, ...args);
  }
}
