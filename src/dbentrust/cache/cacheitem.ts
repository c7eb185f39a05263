/**
 * How a row lies in memcached: `HOSTNAME:TABLE:PK`, one item a row.
 *
 * An item is a 13-byte head (format, cache epoch, version) and the row in msgpack; a head alone is a tombstone, which says that there is no row. A reader trusts items of the epoch that it
 * holds a lease of, and no version below the one it knows; anything else is a miss.
 */
import { createHash } from 'node:crypto';
import { Packr, RESERVE_START_SPACE } from 'msgpackr';
import type { VersionedRow } from '../change';
import type { PkValue, Row } from '../port';

/** How long memcached keeps a tombstone. */
export const TOMBSTONE_SECONDS = 5;

const FORMAT = 1;
const HEAD = 13;
// A BLOB is copied, else it would be a view of what the socket read, and two readers of one item would share it.
const packr = new Packr({ useRecords: false, copyBuffers: true });

/** The item's name without the hostname. */
export function itemName(table: string, pk: PkValue): string {
  if (typeof pk === 'number') return `${table}:${pk}`;
  const key = String(pk);
  const plain = /^[\x21-\x7e]{1,60}$/.test(key) && !key.startsWith('~');
  return `${table}:${plain ? key : `~${createHash('sha256').update(key).digest('base64url')}`}`;
}

/** @param epoch 1 to 2^48 - 1 @param version 0 to 2^48 - 1 @param row null for a tombstone */
export function encodeItem(epoch: number, version: number, row: Row | null): Buffer {
  const item = row ? packr.pack(row, RESERVE_START_SPACE + HEAD) : Buffer.allocUnsafe(HEAD);
  item[0] = FORMAT;
  item.writeUIntBE(epoch, 1, 6);
  item.writeUIntBE(version, 7, 6);
  return item;
}

/** What the item says, or undefined when it is none of that epoch or has a version below `floor`. */
export function decodeItem(item: Buffer, epoch: number, floor = 0): VersionedRow | undefined {
  if (item.length < HEAD || item[0] !== FORMAT || item.readUIntBE(1, 6) !== epoch) return undefined;
  const version = item.readUIntBE(7, 6);
  if (version < floor) return undefined;
  if (item.length === HEAD) return { version, row: null };
  try {
    const row: unknown = packr.unpack(item.subarray(HEAD));
    return row !== null && typeof row === 'object' ? { version, row: row as Row } : undefined;
  } catch {
    return undefined; // not ours, or damaged: a miss
  }
}
