/**
 * What one connection sends in one turn of the event loop, joined into one write.
 *
 * Outboxes and their memory are lent by the `Flusher` for the turn: a connection with nothing to say holds neither.
 */
import { type DataProtocol, isInPlace } from './datapack';
import { bytesOf } from './payload';
import type { ClientStream } from './stream';

/** First and next size of the memory that answers are copied to. Most turns of a connection fit the first. */
const SLAB = 2 * 1024;
const LARGE_SLAB = 16 * 1024;

export class Outbox {
  #slab: Buffer | undefined;
  /** The part of the slab that belongs to no chunk yet. */
  #start = 0;
  #end = 0;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an answer; the payload is copied, the caller may use it again. @throws RangeError when the command is no u32 */
  addFrame(protocol: DataProtocol, payload: Uint8Array | string, command: number): void {
    if (!isInPlace(protocol)) {
      this.#copy(protocol.pack(typeof payload === 'string' ? payload : bytesOf(payload), command));
      return;
    }
    const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    const size = protocol.getHeadlength() + length;
    const slab = this.#reserve(size);
    protocol.packAt(slab, this.#end, payload, length, command);
    this.#end += size;
    this.#bytes += size;
  }

  /** Adds a frame that many receivers share and nobody changes. Sent without a copy when it is alone. */
  addShared(frame: Buffer): void {
    if (this.#bytes > 0 && frame.length <= SLAB) this.#copy(frame);
    else {
      this.#seal();
      this.#chunks.push(frame);
      this.#bytes += frame.length;
    }
  }

  /** Hands everything to the stream in one write. @returns whether the memory can be used again at once */
  writeTo(stream: ClientStream): boolean {
    this.#seal();
    const [first] = this.#chunks;
    if (first && this.#chunks.length === 1) stream.write(first);
    else {
      stream.cork();
      for (const chunk of this.#chunks) stream.write(chunk);
      stream.uncork();
    }
    this.#chunks.length = 0;
    this.#bytes = 0;
    this.#start = 0;
    this.#end = 0;
    // Nothing left in the stream: the kernel has all bytes and nobody looks at the slab any more.
    return stream.writableLength === 0 && !stream.destroyed;
  }

  #copy(frame: Buffer): void {
    const slab = this.#reserve(frame.length);
    slab.set(frame, this.#end);
    this.#end += frame.length;
    this.#bytes += frame.length;
  }

  /** Finds room for `size` bytes at `#end`. */
  #reserve(size: number): Buffer {
    let slab = this.#slab;
    if (slab && this.#end + size <= slab.length) return slab;
    this.#seal();
    slab = Buffer.allocUnsafeSlow(size > LARGE_SLAB ? size : slab || size > SLAB ? LARGE_SLAB : SLAB);
    this.#slab = slab;
    this.#start = 0;
    this.#end = 0;
    return slab;
  }

  #seal(): void {
    if (this.#slab && this.#end > this.#start) this.#chunks.push(this.#slab.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }

  /** Whether it is small enough to be kept for another turn. */
  get isLendable(): boolean {
    return this.#slab === undefined || this.#slab.length <= LARGE_SLAB;
  }
}

/** Who has something to send in this turn. */
export interface Flushable {
  flush(): void;
}

/** Outboxes kept for the next turn. */
const POOL = 256;

export class Flusher {
  #due: Flushable[] = [];
  #scheduled: NodeJS.Immediate | undefined;
  readonly #pool: Outbox[] = [];

  /** Has `flush` called at the end of this turn. */
  schedule(target: Flushable): void {
    this.#due.push(target);
    this.#scheduled ??= setImmediate(() => this.flushNow());
  }

  lend(): Outbox {
    return this.#pool.pop() ?? new Outbox();
  }

  giveBack(outbox: Outbox): void {
    if (outbox.isLendable && this.#pool.length < POOL) this.#pool.push(outbox);
  }

  /** Flushes everybody who is due, now; nothing is left scheduled afterwards. */
  flushNow(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const due = this.#due;
    this.#due = [];
    for (const target of due) target.flush();
  }
}
