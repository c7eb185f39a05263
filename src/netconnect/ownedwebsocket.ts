/**
 * A WebSocket of ws that tells one owner what happens, instead of listeners.
 *
 * Five listeners, their closures and the table that holds them cost an idle client more than its connection does.
 */
import { WebSocket } from 'ws';

export interface WebSocketOwner {
  message(data: Buffer, isBinary: boolean): void;
  pinged(data: Buffer): void;
  /** A pong came. */
  control(): void;
  /** The client broke the protocol, or the socket failed. `closed` follows. */
  failed(error: NodeJS.ErrnoException): void;
  closed(): void;
}

export class OwnedWebSocket extends WebSocket {
  owner: WebSocketOwner | undefined;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    const { owner } = this;
    if (!owner) return super.emit(event, ...args);
    if (event === 'message') owner.message(args[0] as Buffer, args[1] as boolean);
    else if (event === 'ping') owner.pinged(args[0] as Buffer);
    else if (event === 'pong') owner.control();
    else if (event === 'error') owner.failed(args[0] as NodeJS.ErrnoException);
    else if (event === 'close') owner.closed();
    else return super.emit(event, ...args);
    return true;
  }
}
