/** Frames on their way to a file: put one behind the other, written at once, and the memory used again. */
import { FRAME_HEAD, putFrame } from './frame';

const CHUNK_BYTES = 256 * 1024;
/** Chunks kept for the next use. */
const KEPT_CHUNKS = 16;

export class FrameBuffer {
  #seed: number;
  /** `#chunks[#last]` is the one being filled, up to `#at`; those before it are full up to `#ends`. */
  readonly #chunks: Buffer[] = [Buffer.allocUnsafeSlow(CHUNK_BYTES)];
  readonly #ends: number[] = [];
  #at = 0;
  #bytes = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a frame and returns its length. */
  add(kind: number, sequence: number, payload: Uint8Array): number {
    const length = FRAME_HEAD + payload.length;
    let chunk = this.#chunks[this.#ends.length] as Buffer;
    if (this.#at + length > chunk.length) chunk = this.#nextChunk(length);
    this.#at = putFrame(chunk, this.#at, this.#seed, kind, sequence, payload);
    this.#bytes += length;
    return length;
  }

  /** Views of all frames, good until `clear`. */
  buffers(): Buffer[] {
    const used = this.#ends.map((end, index) => (this.#chunks[index] as Buffer).subarray(0, end));
    if (this.#at > 0) used.push((this.#chunks[this.#ends.length] as Buffer).subarray(0, this.#at));
    return used.filter((view) => view.length > 0);
  }

  /** Empties it, for frames of a segment with that seed. */
  clear(seed: number): void {
    this.#seed = seed;
    this.#ends.length = 0;
    this.#at = 0;
    this.#bytes = 0;
    const kept = this.#chunks.filter((chunk) => chunk.length === CHUNK_BYTES).slice(0, KEPT_CHUNKS);
    this.#chunks.length = 0;
    this.#chunks.push(...(kept.length > 0 ? kept : [Buffer.allocUnsafeSlow(CHUNK_BYTES)]));
  }

  #nextChunk(length: number): Buffer {
    this.#ends.push(this.#at);
    this.#at = 0;
    const next = this.#ends.length;
    const known = this.#chunks[next];
    if (known && known.length >= length) return known;
    const chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, length));
    this.#chunks[next] = chunk;
    return chunk;
  }
}
