/**
 * Cuts what a client sends into frames, however it was split on the way.
 *
 * Frames that lie whole in a chunk are views of it. What lies in pieces is gathered in a buffer that grows with what has arrived, never with
 * what a header announces; each byte is copied a bounded number of times, so a client that sends byte by byte costs no more than its bytes.
 */
import { BadFrame, TooLarge } from '../errors';
import { type DataProtocol, isInPlace, type Unpacked } from './datapack';
import { lookalike } from './lookalike';

/** `payload` is a view of what was read and stays valid; a handler that keeps it for long keeps up to 64 KiB, and copies it if that matters. */
export interface Frame {
  readonly command: number;
  readonly payload: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** First size of the gathering buffer. */
const LEAST = 256;

export class FrameReader {
  /** The last chunk and how far it is used up. */
  #chunk: Buffer = EMPTY;
  #at = 0;
  /** The frame that is being gathered, when it lies in pieces. */
  #gathered: Buffer = EMPTY;
  #used = 0;
  /** Its header, once that is complete. */
  #head: Unpacked | undefined;

  /** Whether the beginning of a frame is here and its end is not; known when `next` has returned nothing. */
  get isMidFrame(): boolean {
    return this.#used > 0;
  }

  /** Adds what was read. The reader keeps the chunk until its frames are taken. */
  push(chunk: Buffer): void {
    this.#chunk = this.#at < this.#chunk.length ? Buffer.concat([this.#chunk.subarray(this.#at), chunk]) : chunk;
    this.#at = 0;
  }

  /** Forgets what was pushed: nothing of it will be taken. */
  clear(): void {
    this.#chunk = EMPTY;
    this.#at = 0;
    this.#gathered = EMPTY;
    this.#used = 0;
    this.#head = undefined;
  }

  /**
   * Takes the next frame, or nothing until more is pushed.
   *
   * @param payloadBytes the largest payload there may be; a larger one is refused before any of it is kept
   * @throws BadFrame when the bytes are no frame of the protocol, TooLarge when the payload would be too large; the reader is of no use afterwards
   */
  next(protocol: DataProtocol, payloadBytes: number): Frame | undefined {
    const headBytes = protocol.getHeadlength();
    if (this.#used > 0) return this.#nextGathered(protocol, headBytes, payloadBytes);

    const rest = this.#chunk.length - this.#at;
    if (rest >= headBytes) {
      const head = this.#readHead(protocol, this.#chunk, this.#at, headBytes, payloadBytes);
      if (rest >= headBytes + head.length) {
        const start = this.#at + headBytes;
        this.#at = start + head.length;
        const frame = { command: head.command, payload: this.#chunk.subarray(start, this.#at) };
        this.#dropUsedChunk();
        return frame;
      }
      this.#head = head;
    }
    if (rest > 0) this.#gather(this.#head ? headBytes + this.#head.length : headBytes);
    return undefined;
  }

  #nextGathered(protocol: DataProtocol, headBytes: number, payloadBytes: number): Frame | undefined {
    if (!this.#gather(headBytes)) return undefined;
    this.#head ??= this.#readHead(protocol, this.#gathered, 0, headBytes, payloadBytes);
    const head = this.#head;
    if (!this.#gather(headBytes + head.length)) return undefined;
    const payload = this.#gathered.subarray(headBytes, headBytes + head.length);
    this.#gathered = EMPTY;
    this.#used = 0;
    this.#head = undefined;
    return { command: head.command, payload };
  }

  /** Moves bytes from the chunk until `wanted` are gathered; says whether they are. */
  #gather(wanted: number): boolean {
    const take = Math.min(wanted - this.#used, this.#chunk.length - this.#at);
    if (take > 0) {
      if (this.#used + take > this.#gathered.length) this.#grow(this.#used + take, wanted);
      this.#chunk.copy(this.#gathered, this.#used, this.#at, this.#at + take);
      this.#used += take;
      this.#at += take;
      this.#dropUsedChunk();
    }
    return this.#used >= wanted;
  }

  #dropUsedChunk(): void {
    if (this.#at < this.#chunk.length) return;
    this.#chunk = EMPTY;
    this.#at = 0;
  }

  #grow(needed: number, wanted: number): void {
    // Not from Buffer's pool: a few bytes of a silent client must not keep a pool page.
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, Math.min(Math.max(wanted, LEAST), Math.max(LEAST, 2 * this.#gathered.length))));
    this.#gathered.copy(larger, 0, 0, this.#used);
    this.#gathered = larger;
  }

  #readHead(protocol: DataProtocol, data: Buffer, at: number, headBytes: number, payloadBytes: number): Unpacked {
    const head = isInPlace(protocol) ? protocol.unpackAt(data, at) : protocol.unpack(data.subarray(at, at + headBytes));
    if (!head.result) throw new BadFrame(`a wrong header: ${lookalike(data.subarray(at, at + headBytes))}`);
    if (head.length < 0) throw new BadFrame(`a length field that leaves ${head.length} bytes for the payload`);
    if (head.length > payloadBytes) throw new TooLarge(`the payload of command ${head.command}`, head.length, payloadBytes);
    return head;
  }
}
