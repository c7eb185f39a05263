/**
 * The connections of a web port for which nobody is at work: those that have not sent a whole request yet, those that wait for the next one, and those that do
 * not read their answer.
 *
 * They are bounded, in all and for each address, and at a bound the oldest of them goes; so half requests, however many, do not keep an operator out.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Strangers } from '../strangers';

const CONNECTIONS = 1_024;
/** Fewer than the requests that may be under way, so that one address cannot have all of those with half a body each. */
const PER_ADDRESS = 200;

export class WaitingConnections {
  readonly #waiting = new Strangers<Socket>(CONNECTIONS, PER_ADDRESS);
  readonly #dropped: (address: string) => void;

  /** @param dropped told of each connection that was closed to make room */
  constructor(dropped: (address: string) => void) {
    this.#dropped = dropped;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** A new connection. */
  opened(socket: Socket): void {
    socket.once('close', () => this.#waiting.remove(socket));
    this.#waits(socket);
  }

  /** The head of a request is here. From the request's end until its answer its connection waits no more. @returns to be called when it is answered */
  asks(incoming: IncomingMessage): () => void {
    const { socket } = incoming;
    let answered = false;
    const whole = () => {
      if (!answered) this.#waiting.remove(socket);
    };
    if (hasBody(incoming)) {
      incoming.once('end', whole);
      // A body that nobody reads is here too, when it came with the head.
      setImmediate(() => incoming.complete && whole());
    } else whole();
    return () => {
      answered = true;
      if (!socket.destroyed) this.#waits(socket);
    };
  }

  #waits(socket: Socket): void {
    this.#waiting.remove(socket);
    const oldest = this.#waiting.add(socket, socket.remoteAddress ?? '');
    if (!oldest) return;
    this.#dropped(oldest.remoteAddress ?? '');
    oldest.destroy();
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
