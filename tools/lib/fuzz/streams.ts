/** Streams of frames for the fuzzers: valid ones, and valid ones that were spoilt in one of the ways that bytes get spoilt. */
import type { Random } from './random';

/** How a protocol's frames are made. */
export interface FrameMaker {
  /** A frame as a peer sends it. */
  valid(random: Random): Buffer;
  /** Where the length stands in a frame, as u32. */
  readonly lengthAt: number;
  /** The largest length that is allowed. */
  readonly maxLength: number;
}

export interface FuzzStream {
  readonly bytes: Buffer;
  readonly frames: number;
}

const MAX_FRAMES = 60;
/** Values that sit on the edge of something. */
const EDGES = [
  0, 1, 3, 4, 5, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff,
] as const;

/** A stream of frames, of which now and then one is spoilt; what follows it is then read at the wrong place, as in life. */
export function makeStream(random: Random, maker: FrameMaker): FuzzStream {
  const frames = 1 + random.below(MAX_FRAMES);
  const clean = random.oneIn(3);
  const parts: Buffer[] = [];
  for (let i = 0; i < frames; i++) {
    const frame = maker.valid(random);
    parts.push(clean || !random.oneIn(12) ? frame : spoil(random, frame, maker));
  }
  return { bytes: Buffer.concat(parts), frames };
}

/** Cuts bytes into chunks as a socket might give them: whole, in a few pieces, or byte by byte. */
export function makeChunks(random: Random, bytes: Buffer): Buffer[] {
  const longest = random.pick([1, 7, 64, 1_000, 65_536, 1 << 30]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + random.below(Math.min(longest, bytes.length - at)));
    chunks.push(bytes.subarray(at, end));
    at = end;
  }
  return chunks;
}

function spoil(random: Random, frame: Buffer, { lengthAt, maxLength }: FrameMaker): Buffer {
  const bytes = Buffer.from(frame);
  switch (random.below(8)) {
    case 0:
      return random.bytes(random.below(80));
    case 1:
      return bytes.subarray(0, random.below(bytes.length));
    case 2:
      return Buffer.concat([bytes, random.bytes(1 + random.below(8))]);
    case 3:
      bytes.writeUInt32BE(random.pick([maxLength + 1, maxLength, 0xffff_ffff, ...EDGES]), lengthAt);
      return bytes;
    case 4: {
      // A field of the body on an edge.
      const at = random.below(bytes.length - 3);
      bytes.writeUInt32BE(random.pick(EDGES), at);
      return bytes;
    }
    case 5:
      for (let flips = 1 + random.below(4); flips > 0; flips--) {
        const at = random.below(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      }
      return bytes;
    case 6: {
      // A body of anything behind a head that is right.
      bytes.set(random.bytes(bytes.length - lengthAt - 4), lengthAt + 4);
      return bytes;
    }
    default:
      bytes[random.below(bytes.length)] = random.u32();
      return bytes;
  }
}
