/**
 * What the writer writes into its journal: msgpack arrays, the first item being the kind.
 *
 * After-images and no operations, so that a record that is replayed twice changes nothing. Pure.
 */
import { Packr } from 'msgpackr';
import type { ChangeId, Outcome } from '../change';
import type { PkValue, Row, TableDef } from '../port';
import { copyOf } from './rowcopy';

const KINDS = { changes: 1, table: 2, ids: 3, lock: 4, unlock: 5, evict: 6, thaw: 7 } as const;
const OPS = ['delete', 'insert', 'update', 'increment'] as const;
type Op = (typeof OPS)[number];

/** What a change left of a row: all of it after an insert, else the changed fields. */
export interface AfterImage {
  readonly op: Op;
  readonly table: string;
  readonly pk: PkValue;
  /** Null for a deleted row. */
  readonly fields: Row | null;
}

export type JournalRecord =
  | { readonly kind: 'changes'; readonly id: ChangeId; readonly images: readonly AfterImage[] }
  | { readonly kind: 'table'; readonly def: TableDef }
  /** Ids up to `last` are granted. */
  | { readonly kind: 'ids'; readonly table: string; readonly last: number }
  /** The record's sequence is the token. */
  | { readonly kind: 'lock'; readonly id: ChangeId; readonly table: string; readonly pk: PkValue; readonly ttlMs: number }
  | { readonly kind: 'unlock'; readonly table: string; readonly pk: PkValue; readonly token: number }
  /** The row was forgotten on purpose: whoever reads it from now on sees a higher version. */
  | { readonly kind: 'evict'; readonly table: string; readonly pk: PkValue }
  /** The row left the quarantine; it is that from now on, whatever it was changed to before. Null: there is none. */
  | { readonly kind: 'thaw'; readonly table: string; readonly pk: PkValue; readonly now: Row | null };

/** What was answered to a group, or the token of a lease. */
export type Answer = readonly Outcome[] | number;

/** What the records before it left behind in the writer's memory, rows excepted. */
export interface Snapshot {
  readonly tables: readonly TableDef[];
  /** The last id granted, by table. */
  readonly ids: readonly (readonly [table: string, last: number])[];
  readonly leases: readonly (readonly [table: string, pk: PkValue, token: number, leftMs: number])[];
  readonly sources: readonly (readonly [
    source: string,
    settled: number,
    answers: readonly (readonly [counter: number, sequence: number, answer: Answer])[],
  ])[];
}

const packr = new Packr({ useRecords: false });

export function encodeChanges(id: ChangeId, images: readonly AfterImage[]): Buffer {
  const record: unknown[] = [KINDS.changes, id.source, id.counter, id.settled];
  for (const { op, table, pk, fields } of images) record.push(OPS.indexOf(op), table, pk, fields);
  return packr.pack(record);
}

export function encodeRecord(record: Exclude<JournalRecord, { kind: 'changes' }>): Buffer {
  const kind = KINDS[record.kind];
  switch (record.kind) {
    case 'table':
      return packr.pack([kind, record.def]);
    case 'ids':
      return packr.pack([kind, record.table, record.last]);
    case 'lock':
      return packr.pack([kind, record.id.source, record.id.counter, record.id.settled, record.table, record.pk, record.ttlMs]);
    case 'unlock':
      return packr.pack([kind, record.table, record.pk, record.token]);
    case 'evict':
      return packr.pack([kind, record.table, record.pk]);
    case 'thaw':
      return packr.pack([kind, record.table, record.pk, record.now]);
  }
}

/** @throws TypeError for a record of a kind that this version does not know */
export function decodeRecord(payload: Buffer): JournalRecord {
  const record: unknown = packr.unpack(payload);
  if (!Array.isArray(record)) throw new TypeError('a record of the journal is no array');
  switch (record[0]) {
    case KINDS.changes:
      return { kind: 'changes', id: idAt(record), images: imagesOf(record) };
    case KINDS.table:
      return { kind: 'table', def: record[1] };
    case KINDS.ids:
      return { kind: 'ids', table: record[1], last: record[2] };
    case KINDS.lock:
      return { kind: 'lock', id: idAt(record), table: record[4], pk: record[5], ttlMs: record[6] };
    case KINDS.unlock:
      return { kind: 'unlock', table: record[1], pk: record[2], token: record[3] };
    case KINDS.evict:
      return { kind: 'evict', table: record[1], pk: record[2] };
    case KINDS.thaw:
      return { kind: 'thaw', table: record[1], pk: record[2], now: ownBytes(record[3]) };
    default:
      throw new TypeError(
        `the journal has a record of kind ${record[0]}, which this version does not know; start the version that wrote it`,
      );
  }
}

export function encodeSnapshot(snapshot: Snapshot): Buffer {
  return packr.pack(snapshot);
}

export function decodeSnapshot(payload: Buffer): Snapshot {
  return packr.unpack(payload) as Snapshot;
}

/** What a change is answered with; both the answer and its repeat after a restart are made here. */
export function outcomesOf(images: readonly AfterImage[], version: number): Outcome[] {
  return images.map(({ op, pk, fields }) =>
    fields && (op === 'insert' || op === 'increment') ? { pk, version, row: copyOf(fields) } : { pk, version },
  );
}

function idAt([, source, counter, settled]: unknown[]): ChangeId {
  return { source: source as string, counter: counter as number, settled: settled as number };
}

function imagesOf(record: unknown[]): AfterImage[] {
  const images: AfterImage[] = [];
  for (let at = 4; at < record.length; at += 4) {
    const op = OPS[record[at] as number];
    if (!op) throw new TypeError(`the journal has a change of kind ${record[at]}, which this version does not know`);
    images.push({ op, table: record[at + 1] as string, pk: record[at + 2] as PkValue, fields: ownBytes(record[at + 3] as Row | null) });
  }
  return images;
}

/** BLOBs come as views of what was read from the disk; a row that stays must not keep all of that. */
function ownBytes(fields: Row | null): Row | null {
  for (const name in fields) {
    const value = fields[name];
    if (value instanceof Uint8Array) fields[name] = Buffer.from(value);
  }
  return fields;
}
