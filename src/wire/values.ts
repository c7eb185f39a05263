/**
 * Values: arguments and results on the wire.
 *
 * A value is a tag and, for some, a body. Scalars have tags of their own, a Buffer or Uint8Array travels as it is and arrives as a Buffer;
 * everything else is msgpack: Maps arrive as objects, Sets as arrays, class instances as plain objects, Buffers inside them as Buffers.
 *
 * A received Buffer is a view of the chunk that the socket read. It is safe to keep; who keeps a small one for long copies it (`Buffer.from`),
 * since it holds the whole chunk of up to 64 KiB.
 */
import { Packr } from 'msgpackr';
import { BadFrame } from '../errors';
import type { Cursor } from './cursor';
import type { Outbox } from './outbox';

const Tag = { undefined: 0, null: 1, true: 2, false: 3, int32: 4, float64: 5, text: 6, bytes: 7, msgpack: 8 } as const;

/** Without records: a table of shapes learned on both sides can differ, and then decodes wrong values without an error. */
const packr = new Packr({ useRecords: false });

/** @throws RangeError for a circular value or an integer beyond 64 bits, TypeError for a symbol */
export function pack(value: unknown): Buffer {
  return packr.pack(value);
}

/** @throws BadFrame when the bytes are not exactly one value */
export function unpack(bytes: Buffer): unknown {
  try {
    return packr.unpack(bytes);
  } catch {
    // The decoder's own error quotes what it decoded, and payloads must not reach a log: no `cause`.
    throw new BadFrame('a value is not valid msgpack');
  }
}

/** Writes a value into the frame under construction. @throws what `pack` throws, or Oversize */
export function writeValue(out: Outbox, value: unknown): void {
  switch (typeof value) {
    case 'string':
      out.u8(Tag.text);
      out.text(value);
      return;
    case 'number':
      writeNumber(out, value);
      return;
    case 'boolean':
      out.u8(value ? Tag.true : Tag.false);
      return;
    case 'undefined':
      out.u8(Tag.undefined);
      return;
  }
  if (value === null) {
    out.u8(Tag.null);
  } else if (value instanceof Uint8Array) {
    writeBytes(out, Tag.bytes, value);
  } else {
    writeBytes(out, Tag.msgpack, pack(value));
  }
}

/** Reads the next value of a frame. @throws BadFrame */
export function readValue(cursor: Cursor): unknown {
  const tag = cursor.u8();
  switch (tag) {
    case Tag.undefined:
      return undefined;
    case Tag.null:
      return null;
    case Tag.true:
      return true;
    case Tag.false:
      return false;
    case Tag.int32:
      return cursor.i32();
    case Tag.float64:
      return cursor.f64();
    case Tag.text:
      return cursor.text(cursor.u32());
    case Tag.bytes:
      return cursor.bytes(cursor.u32());
    case Tag.msgpack:
      return unpack(cursor.bytes(cursor.u32()));
    default:
      throw new BadFrame(`a value has the unknown tag ${tag}`);
  }
}

function writeNumber(out: Outbox, value: number): void {
  // -0 is equal to 0 for `|` and `===`, and must not lose its sign.
  if ((value | 0) === value && !Object.is(value, -0)) {
    out.u8(Tag.int32);
    out.i32(value);
  } else {
    out.u8(Tag.float64);
    out.f64(value);
  }
}

function writeBytes(out: Outbox, tag: number, value: Uint8Array): void {
  out.u8(tag);
  out.u32(value.length);
  out.bytes(value);
}
