/**
 * The frames of memcached's binary protocol, both directions: a 24-byte header, then extras, key and value.
 *
 * The parser touches each byte a fixed number of times however a stream is cut, and never gathers more than its limit.
 */

export const HEADER_BYTES = 24;
export const REQUEST = 0x80;
export const RESPONSE = 0x81;

/** The commands in use; each quiet form answers only what is not the usual. */
export const OP = {
  get: 0x00,
  set: 0x01,
  add: 0x02,
  replace: 0x03,
  delete: 0x04,
  increment: 0x05,
  decrement: 0x06,
  quit: 0x07,
  flush: 0x08,
  getQ: 0x09,
  noop: 0x0a,
  version: 0x0b,
  getK: 0x0c,
  getKQ: 0x0d,
  append: 0x0e,
  prepend: 0x0f,
  stat: 0x10,
  setQ: 0x11,
  addQ: 0x12,
  replaceQ: 0x13,
  deleteQ: 0x14,
  incrementQ: 0x15,
  decrementQ: 0x16,
  quitQ: 0x17,
  flushQ: 0x18,
  appendQ: 0x19,
  prependQ: 0x1a,
  touch: 0x1c,
} as const;

export const STATUS = {
  ok: 0x00,
  notFound: 0x01,
  exists: 0x02,
  tooLarge: 0x03,
  invalid: 0x04,
  notStored: 0x05,
  notANumber: 0x06,
  unknownCommand: 0x81,
  outOfMemory: 0x82,
} as const;

export interface Frame {
  readonly opcode: number;
  /** Of a response; a request has 0 here. */
  readonly status: number;
  readonly opaque: number;
  /** Eight bytes. */
  readonly cas: Buffer;
  readonly extras: Buffer;
  readonly key: Buffer;
  /** A view of what was read: copy it to keep it. Empty when `oversized`. */
  readonly value: Buffer;
  /** The body was above the parser's limit; its value is skipped. */
  readonly oversized: boolean;
  /** Bytes behind the header. */
  readonly bodyBytes: number;
}

/** Bytes that are not this protocol; the connection cannot be used any further. */
export class NotMemcached extends Error {}

export class FrameParser {
  readonly #magic: number;
  readonly #limit: number;
  #chunks: Buffer[] = [];
  #length = 0;
  /** Bytes that must be there before another frame can be complete. */
  #need = HEADER_BYTES;
  /** Bytes of an oversized value that are still to come. */
  #skip = 0;

  /** @param limit longest body that is gathered */
  constructor(magic: number, limit: number) {
    this.#magic = magic;
    this.#limit = limit;
  }

  /** Takes what was read and hands over each frame that is complete now. @throws NotMemcached */
  push(chunk: Buffer, frame: (frame: Frame) => void): void {
    let piece = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, piece.length);
      this.#skip -= skipped;
      piece = piece.subarray(skipped);
    }
    if (piece.length === 0) return;
    this.#chunks.push(piece);
    this.#length += piece.length;
    if (this.#length < this.#need) return;
    const buffer = this.#chunks.length === 1 ? piece : Buffer.concat(this.#chunks, this.#length);
    this.#keep(buffer, this.#parse(buffer, frame));
  }

  /** @returns the position behind the last complete frame */
  #parse(buffer: Buffer, frame: (frame: Frame) => void): number {
    let at = 0;
    this.#need = HEADER_BYTES;
    while (buffer.length - at >= HEADER_BYTES) {
      if (buffer[at] !== this.#magic)
        throw new NotMemcached(
          `expected a frame that starts with 0x${this.#magic.toString(16)}, got 0x${buffer.toString('hex', at, at + 1)}`,
        );
      const keyBytes = buffer.readUInt16BE(at + 2);
      const extrasBytes = buffer.readUInt8(at + 4);
      const bodyBytes = buffer.readUInt32BE(at + 8);
      if (bodyBytes < keyBytes + extrasBytes)
        throw new NotMemcached(`a frame with a body of ${bodyBytes} bytes claims ${extrasBytes} of extras and ${keyBytes} of key`);
      const oversized = bodyBytes > this.#limit;
      const gathered = HEADER_BYTES + (oversized ? keyBytes + extrasBytes : bodyBytes);
      if (buffer.length - at < gathered) {
        this.#need = gathered;
        break;
      }
      const keyAt = at + HEADER_BYTES + extrasBytes;
      frame({
        opcode: buffer.readUInt8(at + 1),
        status: buffer.readUInt16BE(at + 6),
        opaque: buffer.readUInt32BE(at + 12),
        cas: buffer.subarray(at + 16, at + HEADER_BYTES),
        extras: buffer.subarray(at + HEADER_BYTES, keyAt),
        key: buffer.subarray(keyAt, keyAt + keyBytes),
        value: buffer.subarray(keyAt + keyBytes, at + gathered),
        oversized,
        bodyBytes,
      });
      at += gathered;
      if (oversized) {
        const rest = bodyBytes - keyBytes - extrasBytes;
        const here = Math.min(rest, buffer.length - at);
        at += here;
        this.#skip = rest - here;
      }
    }
    return at;
  }

  #keep(buffer: Buffer, from: number): void {
    this.#chunks = from < buffer.length ? [buffer.subarray(from)] : [];
    this.#length = buffer.length - from;
  }
}

export interface FrameParts {
  readonly magic: number;
  readonly opcode: number;
  readonly status?: number;
  readonly opaque: number;
  readonly cas?: Buffer | undefined;
  readonly extras?: Buffer | undefined;
  readonly key?: Buffer | undefined;
  /** Bytes of the value, which is not part of the result: it can follow without a copy. */
  readonly valueBytes: number;
}

const NOTHING = Buffer.alloc(0);

/** Header, extras and key of a frame. */
export function frameHead({ magic, opcode, status = 0, opaque, cas, extras = NOTHING, key = NOTHING, valueBytes }: FrameParts): Buffer {
  const head = Buffer.allocUnsafe(HEADER_BYTES + extras.length + key.length);
  head[0] = magic;
  head[1] = opcode;
  head.writeUInt16BE(key.length, 2);
  head.writeUInt16BE(extras.length << 8, 4);
  head.writeUInt16BE(status, 6);
  head.writeUInt32BE(extras.length + key.length + valueBytes, 8);
  head.writeUInt32BE(opaque, 12);
  if (cas) cas.copy(head, 16);
  else head.fill(0, 16, HEADER_BYTES);
  extras.copy(head, HEADER_BYTES);
  key.copy(head, HEADER_BYTES + extras.length);
  return head;
}
