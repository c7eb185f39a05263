/**
 * Reads the frames of one segment, and says how it ends: whole, torn by a power cut, or damaged.
 *
 * Torn is what no sync had reached: nothing sound lies behind it, or only frames of the same write, with a sector that was never written in between. Everything else that is
 * no frame is damage of what was acknowledged.
 */
import { join } from 'node:path';
import type { Files, JournalFile } from './files';
import { FRAME_HEAD, type Frame, frameAt, frameLength, JUMP, MAX_PAYLOAD, SNAPSHOT } from './frame';
import { decodeHeader, HEADER_BYTES, type SegmentHeader, type SegmentName } from './header';

const CHUNK_BYTES = 256 * 1024;
const SECTOR = 512;

export interface SegmentEnd {
  readonly state: 'whole' | 'torn' | 'damaged';
  /** Where the sound frames end. */
  readonly offset: number;
  /** Bytes behind that. */
  readonly rest: number;
  /** What is wrong there. */
  readonly reason?: string;
}

export class SegmentReader {
  readonly #file: JournalFile;
  readonly #size: number;
  /** Bytes of the file from `#base` on; `#at` of them are read. */
  #window = Buffer.alloc(0);
  #base: number;
  #at = 0;
  #sequence: number;
  #reason: string | undefined;

  private constructor(
    readonly segment: SegmentName,
    readonly header: SegmentHeader | undefined,
    file: JournalFile,
    size: number,
  ) {
    this.#file = file;
    this.#size = size;
    this.#base = header ? HEADER_BYTES : 0;
    this.#sequence = segment.first - 1;
    if (!header) this.#reason = 'its header is not that of this segment';
  }

  /**
   * Opens a segment as it is at this moment; what is added later is not read.
   *
   * @param uuid of the journal that it must belong to; left out: of any
   * @throws ENOENT
   */
  static async open(files: Files, folder: string, segment: SegmentName, uuid?: string): Promise<SegmentReader> {
    const file = await files.open(join(folder, segment.name));
    try {
      const size = await file.size();
      const head = Buffer.alloc(HEADER_BYTES);
      const read = await file.read(head, 0);
      const header = decodeHeader(head.subarray(0, read));
      const own = header && header.epoch === segment.epoch && header.first === segment.first && (uuid ?? header.uuid) === header.uuid;
      return new SegmentReader(segment, own ? header : undefined, file, size);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Sequence of the last frame read; one below the first record's before that. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Where the next frame begins. */
  get offset(): number {
    return this.#base + this.#at;
  }

  /** The next frame of those that are in memory; undefined: ask `more`. */
  next(): Frame | undefined {
    if (this.#reason !== undefined || !this.header) return undefined;
    const length = frameLength(this.#window, this.#at);
    if (length === undefined || (this.#at + length > this.#window.length && this.#fits(length))) return undefined;
    const frame = frameAt(this.#window, this.#at, this.header.seed);
    if (!frame) this.#reason = 'a frame that is incomplete or whose checksum is wrong';
    else if (!follows(frame, this.#sequence)) this.#reason = `sequence ${frame.sequence} after ${this.#sequence}`;
    else {
      this.#at += length;
      this.#sequence = frame.sequence;
      return frame;
    }
    return undefined;
  }

  /** Reads on. False: there are no more frames, see `end`. */
  async more(): Promise<boolean> {
    if (this.#reason !== undefined) return false;
    const position = this.#base + this.#window.length;
    if (position >= this.#size) {
      if (this.offset < this.#size) this.#reason = 'a frame that is incomplete';
      return false;
    }
    const wanted = (frameLength(this.#window, this.#at) ?? 0) - (this.#window.length - this.#at);
    const chunk = Buffer.allocUnsafeSlow(Math.min(Math.max(CHUNK_BYTES, wanted), this.#size - position));
    const read = await this.#file.read(chunk, position);
    if (read === 0) {
      this.#reason = 'the file became shorter';
      return false;
    }
    const rest = this.#window.subarray(this.#at);
    this.#base += this.#at;
    this.#at = 0;
    this.#window = rest.length > 0 ? Buffer.concat([rest, chunk.subarray(0, read)]) : chunk.subarray(0, read);
    return true;
  }

  /** After `more` said that there are none: how the segment ends. */
  async end(): Promise<SegmentEnd> {
    const offset = this.header ? this.offset : 0;
    const rest = this.#size - offset;
    if (this.#reason === undefined && offset >= (this.header?.sealed ?? 0)) return { state: 'whole', offset, rest };
    const reason = this.#reason ?? 'the file ends there, and more of it was durable once';
    const torn = this.header !== undefined && offset >= this.header.sealed && (await this.#isTorn(this.header.seed, offset));
    return { state: torn ? 'torn' : 'damaged', offset, rest, reason };
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /** Whether a frame of that length can be there at all. */
  #fits(length: number): boolean {
    return length <= FRAME_HEAD + MAX_PAYLOAD && this.offset + length <= this.#size;
  }

  async #isTorn(seed: number, offset: number): Promise<boolean> {
    const rest = Buffer.alloc(this.#size - offset);
    const bytes = rest.subarray(0, await this.#file.read(rest, offset));
    if (frameAt(bytes, 0, seed)) return false;
    let lost = false;
    for (let at = 1, sound = 0; at + FRAME_HEAD <= bytes.length; at += 1) {
      const frame = this.#plausible(bytes, at) ? frameAt(bytes, at, seed) : undefined;
      if (!frame) continue;
      lost ||= hasUnwrittenSector(bytes.subarray(sound, at), offset + sound);
      if (frame.beginsWrite || !lost) return false;
      at += FRAME_HEAD + frame.payload.length - 1;
      sound = at + 1;
    }
    return true;
  }

  /** Spares the checksum where no frame of this segment can begin. */
  #plausible(bytes: Buffer, at: number): boolean {
    const ahead = bytes.readUIntBE(at + 9, 6) - this.#sequence;
    return ahead >= 0 && ahead <= bytes.length && at + FRAME_HEAD + bytes.readUInt32BE(at) <= bytes.length;
  }
}

function follows(frame: Frame, last: number): boolean {
  if (frame.kind === SNAPSHOT) return frame.sequence === last;
  return frame.kind === JUMP ? frame.sequence >= last : frame.sequence === last + 1;
}

/** Whether a sector of these bytes, which begin at `offset` of the file, is all zeros: the part of the first one that lies in them counts as one. */
function hasUnwrittenSector(bytes: Buffer, offset: number): boolean {
  for (let at = 0; at < bytes.length; ) {
    const end = at + SECTOR - ((offset + at) % SECTOR);
    if (end <= bytes.length && bytes.subarray(at, end).every((byte) => byte === 0)) return true;
    at = end;
  }
  return false;
}
