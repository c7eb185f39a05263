/** The connections of one front by their number, and pushes to them. */
import { FireflyError } from '../errors';
import type { ClientConnection } from './clientconnection';
import type { Connection } from './connection';

/** What the manager needs of the front. */
export interface PushEncoder {
  encodePush(topic: number, message: unknown): Buffer | undefined;
  pushed(receivers: number): void;
}

export class ConnectionManager implements Iterable<Connection> {
  readonly #connections = new Map<number, ClientConnection>();
  readonly #encoder: PushEncoder;

  constructor(encoder: PushEncoder) {
    this.#encoder = encoder;
  }

  getNowConnCnt(): number {
    return this.#connections.size;
  }

  /** @throws FireflyError when its number is taken */
  addConnection(connection: ClientConnection): void {
    if (this.#connections.has(connection.id)) throw new FireflyError(`there is a connection ${connection.id} already`);
    this.#connections.set(connection.id, connection);
  }

  dropConnectionByID(id: number): void {
    this.#connections.delete(id);
  }

  getConnectionByID(id: number): Connection | undefined {
    return this.#connections.get(id);
  }

  /** Closes a connection after what was sent to it has left. An unknown number is passed over. */
  loseConnection(id: number, reason?: string): void {
    this.#connections.get(id)?.loseConnection(reason);
  }

  /**
   * Sends one message to many. It is encoded once; a slow receiver is closed and holds nobody up; never throws for a bad topic or message, but logs it.
   *
   * @param topic what clients see as the command, a u32
   * @param message bytes or a string as they are, other values as JSON; `null` and `undefined` send nothing
   * @param ids receivers; unknown ones are passed over, one that is named twice gets it twice
   */
  pushObject(topic: number, message: unknown, ids: Iterable<number>): void {
    const frame = this.#encoder.encodePush(topic, message);
    if (!frame) return;
    let receivers = 0;
    for (const id of ids) if (this.#connections.get(id)?.sendShared(frame)) receivers += 1;
    this.#encoder.pushed(receivers);
  }

  [Symbol.iterator](): IterableIterator<ClientConnection> {
    return this.#connections.values();
  }
}
