/** What the writer writes into its journal beside changes: that ids are granted, that a row was forgotten, what left the quarantine, that a lease ran out. */
import type { Logger } from '../../log/log';
import type { Journal } from '../journal/contract';
import type { PkValue, Row } from '../port';
import { encodeRecord } from './record';
import type { RowState } from './table';

export class Marks {
  readonly #journal: Journal;
  readonly #log: Logger;

  constructor(journal: Journal, log: Logger) {
    this.#journal = journal;
    this.#log = log;
  }

  /** Ids up to `last` are granted. */
  granted(table: string, last: number): number {
    return this.#journal.append(encodeRecord({ kind: 'ids', table, last }));
  }

  /** The lease is over: what is restored from its record has all its time again. */
  ranOut(table: string, pk: PkValue, token: number): void {
    this.#journal.append(encodeRecord({ kind: 'unlock', table, pk, token }));
  }

  /** @returns a version above all that the row had */
  evicted(table: string, pk: PkValue): number {
    return this.#journal.append(encodeRecord({ kind: 'evict', table, pk }));
  }

  /**
   * What a row is that left the quarantine: a database that is restored from before would bring back what it was changed to.
   *
   * @param now undefined when nobody knows
   * @returns a version above the one that it has here
   */
  thawed({ table, pk }: RowState, now: Row | null | undefined): number {
    try {
      if (now === undefined) return this.evicted(table.name, pk);
      return this.#journal.append(encodeRecord({ kind: 'thaw', table: table.name, pk, now }));
    } catch (error) {
      // SQL has it so already. A journal that takes nothing now must not keep the row; its version is the highest there is.
      const what = `${table.name} ${pk} left the quarantine and the journal does not know: a backup of the database from before brings it back`;
      this.#log.warn({ event: 'thaw not journaled', table: table.name, pk: String(pk), error }, what);
      return this.#journal.appended;
    }
  }
}
