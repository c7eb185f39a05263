/**
 * What a root (the gate) knows of each client connection.
 *
 * The records live in the net nodes, beside the connections; this is a root's view of them, written through. A root that restarts gets all of
 * them back before any client's message, and learns of connections that ended while it was away.
 */
import type { Child } from '../distributed/child';
import type { PBRoot } from '../distributed/root';
import type { Logger } from '../log/log';
import { SESSION, type SessionState } from './sessionwire';

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
  readonly data: unknown;
}

export class Sessions {
  /** Runs for a connection that ended with a record, also when its net node died; awaited. */
  lost: Lost = () => {};
  readonly #entries = new Map<number, Entry>();
  /** Net nodes that are away. */
  readonly #absent = new Map<string, NodeJS.Timeout>();
  readonly #root: PBRoot;
  readonly #log: Logger;

  constructor(root: PBRoot, log: Logger) {
    this.#root = root;
    this.#log = log;
    root.internal.mapTarget(
      (child: Child, states: SessionState[], begins: boolean) => this.#restore(child, states, begins),
      SESSION.restore,
    );
    root.internal.mapTarget((child: Child, dynamicId: number, data: unknown) => this.#closed(child.name, dynamicId, data), SESSION.closed);
    root.watch({ linked: ({ name }) => this.#back(name), lost: ({ name }) => this.#away(name) });
  }

  get(dynamicId: number): Session | undefined {
    const entry = this.#entries.get(dynamicId);
    return entry && { dynamicId, net: entry.net, data: entry.data };
  }

  /**
   * Changes what is known of a connection, here and in its net node.
   *
   * @param data plain data; null forgets the record
   */
  set(dynamicId: number, data: unknown): void {
    const known = this.#entries.get(dynamicId);
    // Time keeps versions rising where the last one is no longer known: after a record was forgotten, after a restart.
    const version = Math.max((known?.version ?? 0) + 1, Date.now());
    const net = known?.net ?? this.#netOf(dynamicId);
    if (data === null || data === undefined) this.#entries.delete(dynamicId);
    else if (net) this.#entries.set(dynamicId, { net, version, data });
    if (net && this.#root.childsmanager.getChildByName(net)) this.#root.notifyChild(net, SESSION.set, dynamicId, version, data ?? null);
  }

  /** Every connection with a record. */
  *entries(): IterableIterator<[dynamicId: number, session: Session]> {
    for (const [dynamicId, { net, data }] of this.#entries) yield [dynamicId, { dynamicId, net, data }];
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Sets what runs for a connection that ended with a record, while the record is still there; awaited. A rejection has the net node tell it again when it links. */
  onLost(fn: Lost): void {
    this.lost = fn;
  }

  /** Ends the waiting for net nodes that are away. */
  close(): void {
    for (const timer of this.#absent.values()) clearTimeout(timer);
    this.#absent.clear();
  }

  /** A net node that stays away is gone, and its connections with it. */
  #away(net: string): void {
    if (![...this.#entries.values()].some((entry) => entry.net === net)) return;
    const gone = () => {
      this.#absent.delete(net);
      this.#dropAll((entry) => entry.net === net);
    };
    this.#absent.set(net, setTimeout(gone, AWAY_MS));
  }

  #back(net: string): void {
    clearTimeout(this.#absent.get(net));
    this.#absent.delete(net);
  }

  /** A net node's records, in batches; the first says which of ours are no more. */
  #restore(child: Child, states: SessionState[], begins: boolean): void {
    if (begins) {
      const { first, count } = rangeOf(child);
      this.#dropAll((entry, id) => entry.net === child.name && !(id >= first && id < first + count));
    }
    for (const { dynamicId, version, data } of states) {
      const known = this.#entries.get(dynamicId);
      if (!known || known.version < version) this.#entries.set(dynamicId, { net: child.name, version, data });
    }
  }

  async #closed(net: string, dynamicId: number, data: unknown): Promise<void> {
    // A root that was restarted may not know it: it does for as long as its game deals with the end.
    if (!this.#entries.has(dynamicId)) this.#entries.set(dynamicId, { net, version: 0, data });
    try {
      await this.lost(dynamicId, this.#entries.get(dynamicId)?.data);
    } finally {
      this.#entries.delete(dynamicId);
    }
  }

  #dropAll(gone: (entry: Entry, dynamicId: number) => boolean): void {
    for (const [dynamicId, entry] of this.#entries) {
      if (!gone(entry, dynamicId)) continue;
      void this.#closed(entry.net, dynamicId, entry.data).catch((error: unknown) =>
        this.#log.error({ error, dynamicId }, 'the end of a session failed'),
      );
    }
  }

  #netOf(dynamicId: number): string | undefined {
    for (const name of this.#root.childsmanager.names()) {
      const child = this.#root.childsmanager.getChildByName(name);
      if (!child) continue;
      const { first, count } = rangeOf(child);
      if (dynamicId >= first && dynamicId < first + count) return name;
    }
    return undefined;
  }
}

/** The numbers a net node may give to its connections; empty for a node without a client front. */
function rangeOf(child: Child): { first: number; count: number } {
  const range = child.info.dynamicIds as { first?: unknown; count?: unknown } | undefined;
  return typeof range?.first === 'number' && typeof range.count === 'number'
    ? { first: range.first, count: range.count }
    : { first: 0, count: 0 };
}
