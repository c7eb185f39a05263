/** Reads the fields of one frame. Every read is checked against the frame's end, so that a lying length inside it cannot reach beyond. */
import { BadFrame } from '../errors';

/** Node's own class of Buffers, whose constructor takes memory and a place in it. `subarray` asks the chunk for both again, at the price of the view. */
const View = (Buffer as unknown as { [Symbol.species]: new (memory: ArrayBufferLike, at: number, length: number) => Buffer })[
  Symbol.species
];

export class Cursor {
  #buffer: Buffer = Buffer.alloc(0);
  #memory: ArrayBufferLike = this.#buffer.buffer;
  /** Where the buffer begins in its memory. */
  #offset = this.#buffer.byteOffset;
  #at = 0;
  #end = 0;

  /** Starts over at another frame; one cursor serves a link for its life. */
  reset(buffer: Buffer, start: number, end: number): void {
    if (buffer !== this.#buffer) {
      this.#buffer = buffer;
      this.#memory = buffer.buffer;
      this.#offset = buffer.byteOffset;
    }
    this.#at = start;
    this.#end = end;
  }

  /** Lets go of the frame's bytes. */
  clear(): void {
    this.reset(Buffer.alloc(0), 0, 0);
  }

  u8(): number {
    return this.#buffer[this.#advance(1)] as number;
  }

  u16(): number {
    return this.#buffer.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.#i32() >>> 0;
  }

  i32(): number {
    return this.#i32();
  }

  f64(): number {
    return this.#buffer.readDoubleBE(this.#advance(8));
  }

  /** The next bytes, as a view of the chunk they came in. */
  bytes(length = this.#end - this.#at): Buffer {
    const at = this.#advance(length);
    return new View(this.#memory, this.#offset + at, length);
  }

  text(length = this.#end - this.#at): string {
    const at = this.#advance(length);
    return this.#buffer.toString('utf8', at, at + length);
  }

  /** @throws BadFrame when something is left over */
  done(): void {
    if (this.#at !== this.#end) throw new BadFrame(`${this.#end - this.#at} bytes too many at the end of a frame`);
  }

  /** Bounds are checked by `#advance`; `readInt32BE` would check them again, and it is asked for every field. */
  #i32(): number {
    const at = this.#advance(4);
    const buffer = this.#buffer;
    return (
      ((buffer[at] as number) << 24) | ((buffer[at + 1] as number) << 16) | ((buffer[at + 2] as number) << 8) | (buffer[at + 3] as number)
    );
  }

  #advance(length: number): number {
    const at = this.#at;
    if (at + length > this.#end) throw new BadFrame('a frame ends in the middle of a field');
    this.#at = at + length;
    return at;
  }
}
