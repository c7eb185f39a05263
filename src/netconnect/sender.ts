/**
 * The sending half of a connection: what one turn of the event loop produces leaves in one write, and a client that does not read is found out.
 *
 * Nobody waits for it: what a client has not taken is bounded, and above the bound the owner closes it.
 */
import type { DataProtocol } from './datapack';
import type { Flushable, Flusher, Outbox } from './outbox';
import type { ClientStream } from './stream';

export interface SenderOwner {
  /** The client has left `unsent` bytes, more than it may. */
  tooSlow(unsent: number): void;
}

export class Sender implements Flushable {
  readonly #stream: ClientStream;
  readonly #flusher: Flusher;
  readonly #unsentBytes: number;
  readonly #owner: SenderOwner;
  #outbox: Outbox | undefined;
  #isDue = false;
  /** `ending`: the stream ends when this turn's bytes are handed over. */
  #state: 'open' | 'ending' | 'ended' = 'open';

  constructor(stream: ClientStream, flusher: Flusher, unsentBytes: number, owner: SenderOwner) {
    this.#stream = stream;
    this.#flusher = flusher;
    this.#unsentBytes = unsentBytes;
    this.#owner = owner;
  }

  /** Whether something may still be sent. */
  get isOpen(): boolean {
    return this.#state !== 'ended';
  }

  /** Sends an answer; the payload is copied. @throws RangeError when the command is no u32 */
  sendFrame(protocol: DataProtocol, payload: Uint8Array | string, command: number): void {
    this.#outboxOfTurn().addFrame(protocol, payload, command);
    this.#bound();
  }

  /** Sends a frame that others get too and that nobody changes. */
  sendShared(frame: Buffer): void {
    this.#outboxOfTurn().addShared(frame);
    this.#bound();
  }

  /** Ends the stream after what this turn produces. */
  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#schedule();
  }

  /** Forgets what was not sent; nothing can be sent any more. */
  drop(): void {
    this.#state = 'ended';
    this.#outbox = undefined;
  }

  flush(): void {
    this.#isDue = false;
    this.#write();
    if (this.#state !== 'ending') return;
    this.#state = 'ended';
    this.#stream.end();
    // Unread bytes would make the kernel reset the connection, and the last answers could be lost with it.
    this.#stream.resume();
  }

  #outboxOfTurn(): Outbox {
    this.#outbox ??= this.#flusher.lend();
    this.#schedule();
    return this.#outbox;
  }

  #schedule(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#flusher.schedule(this);
  }

  /** A turn that produces more than the bound sends before it ends, to learn whether the client takes it. */
  #bound(): void {
    if (this.#outbox && this.#outbox.bytes > this.#unsentBytes) this.#write();
  }

  #write(): void {
    const outbox = this.#outbox;
    if (!outbox) return;
    this.#outbox = undefined;
    if (this.#stream.destroyed) return;
    if (outbox.writeTo(this.#stream)) this.#flusher.giveBack(outbox);
    if (this.#stream.writableLength > this.#unsentBytes) this.#owner.tooSlow(this.#stream.writableLength);
  }
}
