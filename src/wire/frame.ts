/**
 * Frames: how the bytes of a link are cut into messages.
 *
 * A frame is a u32 length of what follows, a u8 kind and a body; numbers are big-endian. The reader caps the length before it keeps a byte,
 * copies a byte at most a few times however the stream is split, and hands frames out as places in the chunk they came in.
 */
import { BadFrame } from '../errors';

/** Below 16: the handshake. */
export const Kind = {
  hello: 1,
  challenge: 2,
  proof: 3,
  welcome: 4,
  refused: 5,
  name: 16,
  call: 17,
  notify: 18,
  result: 19,
  error: 20,
  ping: 21,
  pong: 22,
  bye: 23,
} as const;

/** Bytes of the length field. */
export const FRAME_HEAD = 4;

/** First allocation for a frame that comes in pieces; it doubles as bytes arrive, so that a claimed length alone takes no memory. */
const FIRST_PIECES = 4096;

const NOTHING = Buffer.alloc(0);

/** Gets a frame as `kind` at `start` and the body up to `end`. The bytes may be kept: nothing writes over a chunk. */
export type FrameHandler = (buffer: Buffer, start: number, end: number) => void;

export class FrameReader {
  readonly #maxBytes: number;
  readonly #onFrame: FrameHandler;
  /** A frame of which only a part has come. */
  #partial: Buffer = NOTHING;
  #have = 0;
  #stopped = false;

  /** @param maxBytes largest length that a frame may claim */
  constructor(maxBytes: number, onFrame: FrameHandler) {
    this.#maxBytes = maxBytes;
    this.#onFrame = onFrame;
  }

  /** Hands out each frame that `chunk` completes. @throws BadFrame for a length of 0 or above the cap; the stream is of no use then */
  push(chunk: Buffer): void {
    if (this.#stopped) {
      this.#setRest(Buffer.concat([this.rest, chunk]));
      return;
    }
    let at = this.#have > 0 ? this.#complete(chunk) : 0;
    while (!this.#stopped && chunk.length - at >= FRAME_HEAD) {
      const start = at + FRAME_HEAD;
      const end = start + this.#lengthAt(chunk, at);
      if (end > chunk.length) break;
      at = end;
      this.#onFrame(chunk, start, end);
    }
    if (at < chunk.length) this.#keep(chunk, at);
  }

  /** No frame is handed out from now on, not even one that has already come. */
  stop(): void {
    this.#stopped = true;
  }

  /** What came after the last frame that was handed out. */
  get rest(): Buffer {
    return this.#partial.subarray(0, this.#have);
  }

  #complete(chunk: Buffer): number {
    let at = this.#have < FRAME_HEAD ? this.#take(chunk, 0, FRAME_HEAD) : 0;
    if (this.#have < FRAME_HEAD) return at;
    const total = FRAME_HEAD + this.#lengthAt(this.#partial, 0);
    at = this.#take(chunk, at, total);
    if (this.#have < total) return at;
    const frame = this.#partial;
    this.#partial = NOTHING;
    this.#have = 0;
    this.#onFrame(frame, FRAME_HEAD, total);
    return at;
  }

  #keep(chunk: Buffer, at: number): void {
    if (this.#stopped) {
      this.#setRest(chunk.subarray(at));
      return;
    }
    const known = chunk.length - at >= FRAME_HEAD;
    this.#take(chunk, at, known ? FRAME_HEAD + this.#lengthAt(chunk, at) : FRAME_HEAD);
  }

  #setRest(bytes: Buffer): void {
    this.#partial = bytes;
    this.#have = bytes.length;
  }

  /** Moves bytes into the partial frame until it holds `upTo`. Returns the place in the chunk behind them. */
  #take(chunk: Buffer, at: number, upTo: number): number {
    const end = Math.min(chunk.length, at + upTo - this.#have);
    const need = this.#have + end - at;
    if (this.#partial.length < need) {
      const grown = Buffer.allocUnsafe(Math.min(upTo, Math.max(need, 2 * this.#partial.length, FIRST_PIECES)));
      this.#partial.copy(grown, 0, 0, this.#have);
      this.#partial = grown;
    }
    chunk.copy(this.#partial, this.#have, at, end);
    this.#have = need;
    return end;
  }

  #lengthAt(buffer: Buffer, at: number): number {
    const length = buffer.readUInt32BE(at);
    if (length === 0 || length > this.#maxBytes) throw new BadFrame(`a frame claims ${length} bytes; 1 to ${this.#maxBytes} are allowed`);
    return length;
  }
}
