/**
 * What a writer does with the journal it finds: everything that the records left in memory comes back, and rows that SQL does not hold are dirty again.
 *
 * From there the normal flush brings them to SQL. First all is replayed, then rows are read from SQL in batches, and only where the records name some of their fields and not all.
 */
import { StartFailed } from '../../errors';
import type { Logger } from '../../log/log';
import type { Thawed } from '../flush/thaw';
import type { JournalEntry } from '../journal/contract';
import type { PkValue, Row } from '../port';
import type { NextState } from './decide';
import { type AfterImage, decodeRecord, outcomesOf } from './record';
import type { State } from './state';
import type { ManagedTable, RowState } from './table';

/** Rows that are brought to memory in one go. */
const BATCH = 5_000;
/** Records between two looks at the event loop. */
const BREATH = 2_000;

/** What the records left of one row, without what SQL has of it. */
export interface RecoveredRow {
  readonly pk: PkValue;
  /** Fields of an existing row, all of a new one, null for a deleted one. */
  readonly fields: Row | null;
  /** Whether `fields` stand without what SQL has. */
  readonly isWhole: boolean;
  readonly version: number;
}

interface Pending {
  readonly pk: PkValue;
  fields: Row | null;
  isWhole: boolean;
  version: number;
  /** Once it is in memory. */
  row: RowState | undefined;
}

/** Where recovered rows go. */
export interface RecoveryTarget {
  /** Makes a table known. @throws StartFailed */
  manage(table: string): Promise<ManagedTable>;
  /** Rows of one table, each once. @returns their states in that order; undefined for changed rows that SQL has no more */
  recover(table: ManagedTable, rows: readonly RecoveredRow[]): Promise<readonly (RowState | undefined)[]>;
  /** These rows changed together. */
  bind(states: readonly NextState[]): void;
}

export class Recovery {
  /** Rows that left the quarantine. A database that is restored from before has them there again. */
  readonly thawed: Thawed[] = [];
  readonly #state: State;
  readonly #log: Logger;
  readonly #tables = new Map<string, Map<string, Pending>>();
  #groups: Pending[][] = [];
  #changes = 0;

  constructor(state: State, log: Logger) {
    this.#state = state;
    this.#log = log;
  }

  /** Changes that SQL does not hold. */
  get changes(): number {
    return this.#changes;
  }

  /** @param applied what SQL holds already */
  async replay(entries: AsyncIterable<JournalEntry>, applied: number): Promise<void> {
    let seen = 0;
    for await (const { kind, sequence, payload } of entries) {
      if (kind === 'snapshot') this.#state.restore(payload);
      else this.#record(payload, sequence, sequence > applied);
      seen += 1;
      if (seen % BREATH === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Brings the rows to memory, where they wait for the next flush. @throws StartFailed when a table or a column of them is gone, StoreDown */
  async settle(target: RecoveryTarget): Promise<void> {
    for (const [name, pending] of this.#tables) {
      const table = await target.manage(name);
      const rows = [...pending.values()];
      pending.clear();
      for (let at = 0; at < rows.length; at += BATCH) {
        const batch = rows.slice(at, at + BATCH);
        for (const { fields } of batch) if (fields) checkColumns(table, fields);
        const states = await target.recover(table, batch);
        for (const [index, each] of batch.entries()) {
          each.row = states[index];
          if (!each.row) this.#tellGone(name, each.pk);
        }
      }
    }
    for (const group of this.#groups) target.bind(group.flatMap(({ row }) => (row ? [{ row, next: row.now }] : [])));
    this.#groups = [];
  }

  #record(payload: Buffer, sequence: number, isNew: boolean): void {
    const record = decodeRecord(payload);
    const { identities, defs, leases } = this.#state;
    switch (record.kind) {
      case 'changes':
        identities.recover(record.id, sequence, outcomesOf(record.images, sequence));
        for (const { table, pk } of deletedBy(record.images)) leases.drop(table, pk);
        if (isNew) this.#changed(record.images, sequence);
        return;
      case 'table':
        defs.set(record.def.table, record.def);
        return;
      case 'ids':
        this.#state.granted(record.table, record.last);
        return;
      case 'lock':
        identities.recover(record.id, sequence, sequence);
        leases.grant(record.table, record.pk, sequence, record.ttlMs);
        return;
      case 'unlock':
        leases.end(record.table, record.pk, record.token);
        return;
      case 'evict':
        return;
      case 'thaw':
        if (isNew) this.#thaw(record.table, record.pk, record.now, sequence);
        return;
    }
  }

  #changed(images: readonly AfterImage[], sequence: number): void {
    const group = images.map((image) => this.#merge(image, sequence));
    if (group.length > 1) this.#groups.push(group);
    this.#changes += images.length;
  }

  #thaw(table: string, pk: PkValue, now: Row | null, sequence: number): void {
    this.thawed.push({ table, pk, sequence });
    this.#merge({ op: now ? 'insert' : 'delete', table, pk, fields: now }, sequence);
  }

  #merge({ op, table, pk, fields: image }: AfterImage, version: number): Pending {
    // The fields of an increment are its answer too, and that must stay what it was.
    const fields = op === 'increment' ? { ...image } : image;
    let ofTable = this.#tables.get(table);
    if (!ofTable) {
      ofTable = new Map();
      this.#tables.set(table, ofTable);
    }
    const isWhole = op === 'insert' || op === 'delete';
    const known = ofTable.get(String(pk));
    if (!known) {
      const pending: Pending = { pk, fields, isWhole, version, row: undefined };
      ofTable.set(String(pk), pending);
      return pending;
    }
    if (isWhole || !known.fields) known.fields = fields;
    else Object.assign(known.fields, fields);
    known.isWhole ||= isWhole;
    known.version = version;
    return known;
  }

  #tellGone(table: string, pk: PkValue): void {
    this.#log.error(
      { event: 'row gone', table, pk: String(pk) },
      `${table} ${pk}: acknowledged changes of some of its fields are in the journal, and somebody deleted the row from the database; the changes are dropped`,
    );
  }
}

/** Rows that are gone after the group: one that it makes anew is not. */
function deletedBy(images: readonly AfterImage[]): Iterable<AfterImage> {
  const deleted = new Map<string, AfterImage>();
  for (const image of images) {
    const name = `${image.table} ${image.pk}`;
    if (image.op === 'delete') deleted.set(name, image);
    else deleted.delete(name);
  }
  return deleted.values();
}

/** @throws StartFailed when a column has gone */
function checkColumns(table: ManagedTable, fields: Row): void {
  for (const name in fields) {
    if (table.columns.has(name)) continue;
    throw new StartFailed(
      `table ${table.name} has no column ${name} any more, and the journal holds acknowledged changes of it that are not in the database; add the column again, start, and drop it by a migration, which flushes first`,
    );
  }
}
