/**
 * How a row lies in memcached: `HOSTNAME:TABLE:PK`, one item a row.
 *
 * An item is a 13-byte head (format, epoch, version) and the row in msgpack. A reader trusts an item of the current epoch only; anything else is a miss.
 */
import { createHash } from 'node:crypto';
import { Packr } from 'msgpackr';
import type { PkValue, Row } from './port';

/** Name of the item that holds the current epoch. */
export const EPOCH = 'firefly:epoch';

const FORMAT = 1;
const HEAD = 13;
const packr = new Packr({ useRecords: false });

export interface CachedRow {
  readonly version: number;
  readonly row: Row;
}

/** The item's name without the hostname. */
export function itemName(table: string, pk: PkValue): string {
  const key = String(pk);
  const plain = /^[\x21-\x7e]{1,60}$/.test(key) && !key.startsWith('~');
  return `${table}:${plain ? key : `~${createHash('sha256').update(key).digest('base64url')}`}`;
}

/** @param epoch 0 to 2^48 - 1 @param version likewise */
export function encodeItem(epoch: number, version: number, row: Row): Buffer {
  const body = packr.pack(row);
  const item = Buffer.allocUnsafe(HEAD + body.length);
  item[0] = FORMAT;
  item.writeUIntBE(epoch, 1, 6);
  item.writeUIntBE(version, 7, 6);
  body.copy(item, HEAD);
  return item;
}

/** The row, or undefined for what is no item of that epoch. */
export function decodeItem(item: Buffer, epoch: number): CachedRow | undefined {
  if (item.length <= HEAD || item[0] !== FORMAT || item.readUIntBE(1, 6) !== epoch) return undefined;
  try {
    const row: unknown = packr.unpack(item.subarray(HEAD));
    return row !== null && typeof row === 'object' ? { version: item.readUIntBE(7, 6), row: row as Row } : undefined;
  } catch {
    return undefined; // not ours, or damaged: a miss
  }
}

export function encodeEpoch(epoch: number): Buffer {
  return Buffer.from(epoch.toString(16));
}

export function decodeEpoch(item: Buffer | undefined): number | undefined {
  const epoch = item && /^[0-9a-f]{1,12}$/.test(item.toString('latin1')) ? Number.parseInt(item.toString('latin1'), 16) : undefined;
  return epoch;
}
