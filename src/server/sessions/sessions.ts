/**
 * What a root (the gate) knows of each client connection.
 *
 * The records live in the net nodes, beside the connections; this is a root's view of them, written through. A root that restarts gets all of
 * them back before any client's message, and learns of connections that ended while it was away. Where both sides went on apart, the
 * higher version counts: a record that was forgotten here is kept as `null` until its net node has forgotten it too.
 */
import type { Child } from '../../distributed/child';
import type { PBRoot } from '../../distributed/root';
import type { Logger } from '../../log/log';
import { netOf, rangeOf } from './dynamicids';
import { SESSION, type SessionEnd, type SessionState } from './sessionwire';
import { Versions } from './versions';

export interface Session {
  /** The connection's number, unique in the cluster and never used again. */
  readonly dynamicId: number;
  /** Name of the net node that has the connection. */
  readonly net: string;
  readonly data: unknown;
}

/** How long the sessions of a net node outlive its link. */
const AWAY_MS = 15_000;

type Lost = (dynamicId: number, data: unknown) => unknown;

interface Entry {
  readonly net: string;
  readonly version: number;
  /** null: forgotten, and the net node may not know it yet. */
  readonly data: unknown;
  /** The connection is to be closed with the record. */
  readonly end?: SessionEnd | undefined;
}

export class Sessions {
  /** Runs for a connection that ended with a record, also when its net node died; awaited. */
  lost: Lost = () => {};
  /** Runs for a connection whose record goes on to another root; awaited. */
  moved: Lost = () => {};
  readonly #entries = new Map<number, Entry>();
  /** Connections whose end the game is dealing with. */
  readonly #endings = new Map<number, Promise<void>>();
  /** Net nodes that are away. */
  readonly #absent = new Map<string, NodeJS.Timeout>();
  /** Entries of a net node that is handing its records over, less those it had. */
  readonly #unseen = new Map<string, Set<number>>();
  readonly #versions = new Versions();
  readonly #root: PBRoot;
  readonly #log: Logger;
  readonly #awayMs: number;
  #isClosed = false;

  /** @param awayMs how long the sessions of a net node outlive its link */
  constructor(root: PBRoot, log: Logger, awayMs = AWAY_MS) {
    this.#root = root;
    this.#log = log;
    this.#awayMs = awayMs;
    root.internal.mapTarget((child: Child, states: SessionState[], begins: boolean, ends: boolean, newest = 0) => {
      this.#versions.see(newest);
      this.#restore(child, states, begins, ends);
    }, SESSION.restore);
    root.internal.mapTarget((child: Child, dynamicId: number, data: unknown) => this.#closed(child.name, dynamicId, data), SESSION.closed);
    root.internal.mapTarget((_child: Child, dynamicId: number) => this.#leave(dynamicId), SESSION.leave);
    root.watch({ linked: ({ name }) => this.#back(name), lost: ({ name }) => this.#away(name) });
  }

  get(dynamicId: number): Session | undefined {
    const entry = this.#entries.get(dynamicId);
    return entry && entry.data !== null ? { dynamicId, net: entry.net, data: entry.data } : undefined;
  }

  /**
   * Changes what is known of a connection, here and in its net node.
   *
   * @param data plain data; null forgets the record
   */
  set(dynamicId: number, data: unknown): void {
    this.#change(dynamicId, data);
  }

  /**
   * Forgets the record of a connection, tells its client and closes it. A net node that cannot be reached does so when it is back.
   *
   * `onLost` does not run: it is for ends that the game did not ask for.
   */
  end(dynamicId: number, end: SessionEnd): void {
    this.#change(dynamicId, null, end);
  }

  /** Every connection with a record. */
  *entries(): IterableIterator<[dynamicId: number, session: Session]> {
    for (const [dynamicId, { net, data }] of this.#entries) if (data !== null) yield [dynamicId, { dynamicId, net, data }];
  }

  /** How many connections have a record. */
  get size(): number {
    let count = 0;
    for (const { data } of this.#entries.values()) if (data !== null) count++;
    return count;
  }

  /**
   * Sets what runs for a connection that ended with a record, while the record is still there; awaited.
   *
   * At least once: a rejection, or a link that is lost before the answer is there, has the net node tell it again when it links.
   */
  onLost(fn: Lost): void {
    this.lost = fn;
  }

  /**
   * Sets what runs for a connection that goes on with another root, since this one is drained; awaited, and the record is not here any more. It lets go of what
   * this root alone may have, such as a lease; nothing of the connection is under way.
   */
  onMoved(fn: Lost): void {
    this.moved = fn;
  }

  /** Ends the waiting for net nodes that are away. */
  close(): void {
    this.#isClosed = true;
    for (const timer of this.#absent.values()) clearTimeout(timer);
    this.#absent.clear();
  }

  #change(dynamicId: number, data: unknown, end?: SessionEnd): void {
    const known = this.#entries.get(dynamicId);
    const net = known?.net ?? netOf(this.#root, dynamicId)?.name;
    if (net === undefined) return;
    const entry = {
      net,
      version: this.#versions.next(),
      data: data ?? null,
      end: end ?? (data == null ? known?.end : undefined),
    };
    this.#entries.set(dynamicId, entry);
    // A connection that has ended has nothing beside it any more.
    if (!this.#endings.has(dynamicId)) this.#write(dynamicId, entry);
  }

  /** Tells the net node. One that is away, or goes before it has heard, learns it when it hands its records over. */
  #write(dynamicId: number, entry: Entry): void {
    const child = this.#root.childsmanager.getChildByName(entry.net);
    if (!child) return;
    const args = [dynamicId, entry.version, entry.data, ...(entry.end ? [entry.end] : [])];
    if (entry.data !== null) {
      child.notify(SESSION.set, args);
      return;
    }
    const forget = () => {
      if (this.#entries.get(dynamicId) === entry) this.#entries.delete(dynamicId);
    };
    child.call(SESSION.set, args).then(forget, () => {});
  }

  /** A net node that stays away is gone, and its connections with it. */
  #away(net: string): void {
    this.#unseen.delete(net);
    if (this.#isClosed || this.#absent.has(net) || ![...this.#entries.values()].some((entry) => entry.net === net)) return;
    this.#absent.set(
      net,
      setTimeout(() => this.#endAll(net), this.#awayMs),
    );
  }

  #back(net: string): void {
    clearTimeout(this.#absent.get(net));
    this.#absent.delete(net);
  }

  /** The game ends the sessions of a net node. Should it come back with the connections still open, they have to log in anew. */
  #endAll(net: string): void {
    this.#absent.delete(net);
    for (const [dynamicId, entry] of this.#entries) {
      if (entry.net !== net || entry.data === null) continue;
      void this.#end(dynamicId, entry).then(() => {
        if (!this.#root.childsmanager.getChildByName(net))
          this.#entries.set(dynamicId, { ...entry, version: this.#versions.next(), data: null });
      });
    }
  }

  /** A net node's records, in batches. The first says which of ours are no more, the last which of ours it has not heard of. */
  #restore(child: Child, states: SessionState[], begins: boolean, ends: boolean): void {
    if (begins) this.#begin(child);
    const unseen = this.#unseen.get(child.name);
    for (const { dynamicId, version, data } of states) {
      unseen?.delete(dynamicId);
      this.#versions.see(version);
      const known = this.#entries.get(dynamicId);
      if (this.#endings.has(dynamicId)) this.#write(dynamicId, { net: child.name, version: this.#versions.next(), data: null });
      else if (!known || known.version < version) this.#entries.set(dynamicId, { net: child.name, version, data });
      else if (known.version > version) this.#write(dynamicId, known);
    }
    if (!ends) return;
    this.#unseen.delete(child.name);
    for (const dynamicId of unseen ?? []) {
      const entry = this.#entries.get(dynamicId);
      if (entry) this.#write(dynamicId, entry);
    }
  }

  #begin(child: Child): void {
    const { first, count } = rangeOf(child);
    const unseen = new Set<number>();
    for (const [dynamicId, entry] of this.#entries) {
      if (entry.net !== child.name || this.#endings.has(dynamicId)) continue;
      if (dynamicId >= first && dynamicId < first + count) unseen.add(dynamicId);
      else if (entry.data === null) this.#entries.delete(dynamicId);
      else void this.#end(dynamicId, entry);
    }
    this.#unseen.set(child.name, unseen);
  }

  async #leave(dynamicId: number): Promise<void> {
    const known = this.#entries.get(dynamicId);
    this.#entries.delete(dynamicId);
    if (known && known.data !== null) await this.moved(dynamicId, known.data);
  }

  /** @returns settled when the game has dealt with the end; rejects when it failed to */
  #closed(net: string, dynamicId: number, data: unknown): Promise<void> {
    const underWay = this.#endings.get(dynamicId);
    if (underWay) return underWay;
    const known = this.#entries.get(dynamicId);
    if (known?.data === null) {
      this.#entries.delete(dynamicId);
      return Promise.resolve();
    }
    // A root that was restarted may not know it: it does for as long as its game deals with the end.
    if (!known) this.#entries.set(dynamicId, { net, version: 0, data });
    const ending = this.#runLost(dynamicId).finally(() => {
      this.#endings.delete(dynamicId);
      this.#entries.delete(dynamicId);
    });
    this.#endings.set(dynamicId, ending);
    return ending;
  }

  async #runLost(dynamicId: number): Promise<void> {
    await this.lost(dynamicId, this.#entries.get(dynamicId)?.data);
  }

  /** Ends a session of a net node that cannot be told whether it worked. */
  async #end(dynamicId: number, { net, data }: Entry): Promise<void> {
    try {
      await this.#closed(net, dynamicId, data);
    } catch (error) {
      this.#log.error({ error, dynamicId }, 'the end of a session failed');
    }
  }
}
