/** Errors on the wire: what a handler threw, as msgpack of the table in errors.ts. An error always fits a frame. */
import { BadFrame } from '../errors';
import type { Cursor } from './cursor';
import type { Outbox } from './outbox';
import { errorToWire, type WireError } from './revive';
import { pack, unpack } from './values';

/** A message or a stack beyond this is cut. */
const MAX_TEXT = 8192;

/** What is left of a message when the whole error is too large; it fits the smallest frame limit there is. */
const MIN_TEXT = 200;

/** Writes an error into the frame under construction. @param maxBytes at least 1024 */
export function writeError(out: Outbox, error: unknown, maxBytes: number): void {
  const wire = errorToWire(error);
  const { message, stack } = wire;
  const whole = packed({ ...wire, message: cut(message, MAX_TEXT), ...(stack === undefined ? {} : { stack: cut(stack, MAX_TEXT) }) });
  out.bytes(whole && whole.length <= maxBytes ? whole : packedShort(wire));
}

/** Reads the rest of a frame as an error. @throws BadFrame when it has not the shape of one */
export function readError(cursor: Cursor): WireError {
  const wire = unpack(cursor.bytes());
  if (!isWireError(wire)) throw new BadFrame('an error without its fields');
  return wire;
}

function packed(wire: WireError): Buffer | undefined {
  try {
    return pack(wire);
  } catch {
    // `detail` holds what the thrower put there, which may not be encodable; the error arrives without it, as a RemoteError.
    return undefined;
  }
}

function packedShort({ name, message, code, maybeExecuted }: WireError): Buffer {
  const rest = { ...(code === undefined ? {} : { code }), ...(maybeExecuted === undefined ? {} : { maybeExecuted }) };
  return pack({ name: cut(name, MIN_TEXT / 4), message: cut(message, MIN_TEXT), ...rest });
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}

function isWireError(value: unknown): value is WireError {
  if (typeof value !== 'object' || value === null) return false;
  const wire = value as Record<keyof WireError, unknown>;
  const optional = (field: unknown, type: string) => field === undefined || typeof field === type;
  return (
    typeof wire.name === 'string' &&
    typeof wire.message === 'string' &&
    optional(wire.code, 'string') &&
    optional(wire.stack, 'string') &&
    optional(wire.maybeExecuted, 'boolean') &&
    (wire.detail === undefined || Array.isArray(wire.detail))
  );
}
