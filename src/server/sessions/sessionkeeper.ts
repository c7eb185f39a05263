/**
 * The net node's side of sessions: it keeps each record beside its connection and hands it to the connection's root when that links up.
 *
 * The end of a connection with a record is told until the root has dealt with it, so that a root which is away misses nothing.
 */
import type { RemoteObject } from '../../distributed/node';
import { PeerDown } from '../../errors';
import type { Logger } from '../../log/log';
import type { Connection } from '../../netconnect/connection';
import type { LiberateFactory } from '../../netconnect/factory';
import { SESSION, type SessionEnd, type SessionState } from './sessionwire';
import { Versions } from './versions';

/** Records a message carries. */
const BATCH = 500;

/** Ends kept for a root that does not deal with them. The oldest is forgotten beyond: a root that still knows the session asks after it when it links. */
const MOST_UNTOLD = 100_000;

export class SessionKeeper {
  readonly #factory: LiberateFactory;
  readonly #log: Logger;
  /** For each root the connections that ended and that it has not dealt with yet. */
  readonly #untold: ReadonlyMap<RemoteObject, Map<number, unknown>>;
  /** What roots have given out: one that links, or was restarted, may not know what it or another one wrote. */
  readonly #versions = new Versions();

  constructor(factory: LiberateFactory, roots: readonly RemoteObject[], log: Logger) {
    this.#factory = factory;
    this.#log = log;
    this.#untold = new Map(roots.map((root) => [root, new Map()]));
    for (const root of roots) {
      root.internal.mapTarget(
        (dynamicId: number, version: number, data: unknown, end?: SessionEnd) => this.#set(root, dynamicId, version, data, end),
        SESSION.set,
      );
      root.onUp(() => this.#restore(root));
    }
  }

  /** Ends that are not told yet. */
  get ended(): number {
    let count = 0;
    for (const { size } of this.#untold.values()) count += size;
    return count;
  }

  /** Tells its root that a connection with a record has ended. Settles when that has dealt with it or cannot be reached. */
  async closed(connection: Connection): Promise<void> {
    const data = connection.session?.data ?? null;
    if (data === null) return;
    for (const root of this.#untold.keys()) if (root.root === connection.root) await this.#ended(root, connection.id, data);
  }

  #set(root: RemoteObject, dynamicId: number, version: number, data: unknown, end?: SessionEnd): void {
    this.#versions.see(version);
    const connection = this.#factory.connmanager.getConnectionByID(dynamicId);
    if (!connection || (connection.root !== undefined && connection.root !== root.root)) {
      // It ended, or went on with another root, before this one could say who it was.
      if (data !== null && !this.#untold.get(root)?.has(dynamicId)) void this.#ended(root, dynamicId, data);
      return;
    }
    if (data !== null) connection.root = root.root;
    if (connection.session && connection.session.version >= version) return;
    connection.session = { version, data };
    if (!end) return;
    if (end.push) connection.safeToWriteData(end.push.topic, end.push.message);
    connection.loseConnection(end.reason);
  }

  #restore(root: RemoteObject): void {
    const states: SessionState[] = [];
    for (const { id, session, root: home } of this.#factory.connmanager) {
      if (home === root.root && session && session.data !== null)
        states.push({ dynamicId: id, version: session.version, data: session.data });
    }
    for (let at = 0; at === 0 || at < states.length; at += BATCH) {
      root.notifyRemote(SESSION.restore, states.slice(at, at + BATCH), at === 0, at + BATCH >= states.length, this.#versions.newest);
    }
    for (const [dynamicId, data] of this.#untold.get(root) ?? []) void this.#tell(root, dynamicId, data);
  }

  async #ended(root: RemoteObject, dynamicId: number, data: unknown): Promise<void> {
    const untold = this.#untold.get(root);
    if (!untold) return;
    const [oldest] = untold.keys();
    if (untold.size >= MOST_UNTOLD && oldest !== undefined) untold.delete(oldest);
    untold.set(dynamicId, data);
    if (root.isUp) await this.#tell(root, dynamicId, data);
  }

  async #tell(root: RemoteObject, dynamicId: number, data: unknown): Promise<void> {
    try {
      await root.callRemote(SESSION.closed, dynamicId, data);
      this.#untold.get(root)?.delete(dynamicId);
    } catch (error) {
      // A link that is lost is in the log already, once and not once a session.
      const level = error instanceof PeerDown ? 'debug' : 'warn';
      this.#log[level]({ error, dynamicId }, `${root.root} did not deal with the end of a session; it is told again when it links`);
    }
  }
}
