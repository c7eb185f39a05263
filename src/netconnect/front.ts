/** What a connection needs of the front it belongs to. */
import type { Limits } from '../config/config';
import type { CallBatch } from '../metrics/callbatches';
import type { HandlerSlot } from '../metrics/handlers';
import type { Timing } from '../metrics/timing';
import type { ClientConnection } from './clientconnection';
import type { DataProtocol } from './datapack';
import type { Frame } from './framereader';
import type { Flusher } from './outbox';
import type { FrontReport } from './report';
import type { Sweep } from './sweep';

export interface Front {
  readonly protocol: DataProtocol;
  readonly limits: Limits;
  readonly report: FrontReport;
  readonly sweep: Sweep<ClientConnection>;
  readonly flusher: Flusher;
  /** No handler may start now. */
  readonly isPaused: boolean;
  /** Runs the handler. May throw. */
  receive(connection: ClientConnection, frame: Frame): unknown;
  /** Reports what a handler threw. @returns the answer for the client, if any */
  handlerFailed(connection: ClientConnection, command: number, error: unknown): Uint8Array | string | undefined;
  /** Encodes a push once for all its receivers; nothing when there is nothing to send. Never throws. */
  encodePush(topic: number, message: unknown): Buffer | undefined;
  readonly timing: Timing;
  /** Where the handler of a command is counted. */
  slotOf(command: number): HandlerSlot | undefined;
  /** @param bytes of the payload @returns what `handlerEnded` wants to have */
  handlerStarted(bytes: number): CallBatch;
  handlerEnded(batch: CallBatch, bytes: number): void;
  gone(connection: ClientConnection): void;
}
