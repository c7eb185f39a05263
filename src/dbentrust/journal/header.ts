/**
 * Names and headers of segments.
 *
 * A segment is `EPOCH-FIRST.journal`: who wrote it and the sequence of its first record. It gets that name only when its header and everything up to `sealed`
 * are durable; before that it is `EPOCH-FIRST.opening`, which nobody reads.
 */
import { crc32c } from './crc32c';

export const HEADER_BYTES = 46;
const MAGIC = Buffer.from('FFJOURN1');
/** Magic, uuid, epoch, first: what the seed of the frames is made of. */
const IDENTITY_BYTES = 36;
const NAME = /^(\d+)-(\d+)\.journal$/;
const UNFINISHED = /^(\d+)-\d+\.opening$/;

export interface SegmentName {
  readonly name: string;
  readonly epoch: number;
  readonly first: number;
}

export interface SegmentHeader {
  readonly uuid: string;
  readonly epoch: number;
  readonly first: number;
  /** Bytes from the beginning of the file that were durable before it had its name. */
  readonly sealed: number;
  /** Where the checksums of its frames start from. */
  readonly seed: number;
}

export function segmentName(epoch: number, first: number): SegmentName {
  return { name: `${String(epoch).padStart(8, '0')}-${String(first).padStart(15, '0')}.journal`, epoch, first };
}

/** The name that a segment has until it is complete. */
export function openingName(segment: SegmentName): string {
  return segment.name.replace(/journal$/, 'opening');
}

export function parseSegmentName(name: string): SegmentName | undefined {
  const match = NAME.exec(name);
  return match ? { name, epoch: Number(match[1]), first: Number(match[2]) } : undefined;
}

/** Epoch of a segment that never got its name. */
export function parseOpeningName(name: string): number | undefined {
  const match = UNFINISHED.exec(name);
  return match ? Number(match[1]) : undefined;
}

export function seedOf(uuid: string, epoch: number, first: number): number {
  return crc32c(identity(uuid, epoch, first));
}

export function encodeHeader(header: Omit<SegmentHeader, 'seed'>): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  identity(header.uuid, header.epoch, header.first).copy(bytes);
  bytes.writeUIntBE(header.sealed, IDENTITY_BYTES, 6);
  bytes.writeUInt32BE(crc32c(bytes, 0, IDENTITY_BYTES + 6), IDENTITY_BYTES + 6);
  return bytes;
}

/** The header, or undefined when these bytes are none. */
export function decodeHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (crc32c(bytes, 0, IDENTITY_BYTES + 6) !== bytes.readUInt32BE(IDENTITY_BYTES + 6)) return undefined;
  const hex = bytes.toString('hex', 8, 24);
  return {
    uuid: hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    epoch: bytes.readUIntBE(24, 6),
    first: bytes.readUIntBE(30, 6),
    sealed: bytes.readUIntBE(IDENTITY_BYTES, 6),
    seed: crc32c(bytes, 0, IDENTITY_BYTES),
  };
}

function identity(uuid: string, epoch: number, first: number): Buffer {
  const bytes = Buffer.alloc(IDENTITY_BYTES);
  MAGIC.copy(bytes);
  bytes.write(uuid.replaceAll('-', ''), 8, 16, 'hex');
  bytes.writeUIntBE(epoch, 24, 6);
  bytes.writeUIntBE(first, 30, 6);
  return bytes;
}
