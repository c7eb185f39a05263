/**
 * One entry of a segment as bytes: u32 length of the payload, u32 CRC32C, u8 kind, u48 sequence, payload; big-endian.
 *
 * The checksum covers all of it and starts from the segment's seed, so that bytes of another segment, or a payload that somebody made to look
 * like a frame, are never taken for one.
 */
import { crc32c } from './crc32c';

export const FRAME_HEAD = 15;
/** More than any entry needs; a length above it is damage. */
export const MAX_PAYLOAD = 2 ** 30;

export const SNAPSHOT = 1;
export const RECORD = 2;
/** Numbers go on above its sequence: what a predecessor may have given away is left out. */
export const JUMP = 3;
/** Set in the kind of the first frame of each write. The write before it was synced, so nothing in front of such a frame can be a torn end. */
export const BEGINS_WRITE = 0x80;

export interface Frame {
  readonly kind: number;
  readonly beginsWrite: boolean;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** Writes a frame at `at`; there must be room for it. Returns where it ends. */
export function putFrame(target: Buffer, at: number, seed: number, kind: number, sequence: number, payload: Uint8Array): number {
  const length = payload.length;
  const end = at + FRAME_HEAD + length;
  target.writeUInt32BE(length, at);
  target[at + 8] = kind;
  target.writeUIntBE(sequence, at + 9, 6);
  target.set(payload, at + FRAME_HEAD);
  target.writeUInt32BE(crc32c(target, at + 8, end, seed ^ length), at + 4);
  return end;
}

/** Length of the whole frame that begins there, by its own word; undefined while its head is not complete. */
export function frameLength(bytes: Buffer, at: number): number | undefined {
  return at + FRAME_HEAD > bytes.length ? undefined : FRAME_HEAD + bytes.readUInt32BE(at);
}

/** The frame that begins there; undefined when there is no complete, sound one. Its payload is a view. */
export function frameAt(bytes: Buffer, at: number, seed: number): Frame | undefined {
  if (at + FRAME_HEAD > bytes.length) return undefined;
  const length = bytes.readUInt32BE(at);
  const end = at + FRAME_HEAD + length;
  const tag = bytes[at + 8] as number;
  const kind = tag & ~BEGINS_WRITE;
  if (kind < SNAPSHOT || kind > JUMP || end > bytes.length) return undefined;
  if (crc32c(bytes, at + 8, end, seed ^ length) !== bytes.readUInt32BE(at + 4)) return undefined;
  return {
    kind,
    beginsWrite: tag !== kind,
    sequence: bytes.readUIntBE(at + 9, 6),
    payload: bytes.subarray(at + FRAME_HEAD, end),
  };
}
