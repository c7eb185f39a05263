/**
 * The net node's side of sessions: it keeps each record beside its connection and hands them to a root that links up.
 *
 * The end of a connection with a record is told until a root has dealt with it, so that a root which is away misses nothing.
 */
import type { RemoteObject } from '../distributed/node';
import type { Logger } from '../log/log';
import type { Connection } from '../netconnect/connection';
import type { LiberateFactory } from '../netconnect/factory';
import { SESSION, type SessionState } from './sessionwire';

/** Records a message carries. */
const BATCH = 500;

export class SessionKeeper {
  readonly #factory: LiberateFactory;
  readonly #roots: readonly RemoteObject[];
  readonly #log: Logger;
  /** Connections that ended and that no root has dealt with yet. At most as many as there were connections. */
  readonly #ended = new Map<number, unknown>();

  constructor(factory: LiberateFactory, roots: readonly RemoteObject[], log: Logger) {
    this.#factory = factory;
    this.#roots = roots;
    this.#log = log;
    for (const root of roots) {
      root.internal.mapTarget((dynamicId: number, version: number, data: unknown) => this.#set(dynamicId, version, data), SESSION.set);
      root.onUp(() => this.#restore(root));
    }
  }

  /** Ends that are not told yet. */
  get ended(): number {
    return this.#ended.size;
  }

  /** Tells the roots that a connection with a record has ended. Settles when they have dealt with it or cannot be reached. */
  async closed(connection: Connection): Promise<void> {
    const data = connection.session?.data;
    if (data === undefined || data === null) return;
    this.#ended.set(connection.id, data);
    await Promise.all(this.#roots.filter((root) => root.isUp).map((root) => this.#tell(root, connection.id, data)));
  }

  #set(dynamicId: number, version: number, data: unknown): void {
    const connection = this.#factory.connmanager.getConnectionByID(dynamicId);
    if (!connection) return;
    if (connection.session && connection.session.version >= version) return;
    connection.session = { version, data };
  }

  #restore(root: RemoteObject): void {
    const states: SessionState[] = [];
    for (const { id, session } of this.#factory.connmanager) {
      if (session && session.data !== null) states.push({ dynamicId: id, version: session.version, data: session.data });
    }
    for (let at = 0; at === 0 || at < states.length; at += BATCH)
      root.notifyRemote(SESSION.restore, states.slice(at, at + BATCH), at === 0);
    for (const [dynamicId, data] of this.#ended) void this.#tell(root, dynamicId, data);
  }

  async #tell(root: RemoteObject, dynamicId: number, data: unknown): Promise<void> {
    try {
      await root.callRemote(SESSION.closed, dynamicId, data);
      this.#ended.delete(dynamicId);
    } catch (error) {
      this.#log.warn(
        { error, dynamicId, root: root.getName() },
        'a root did not learn of the end of a session; it is told again when it links up',
      );
    }
  }
}
