/** Taking and ending leases on rows: what `lock` and `release` of a row are in the writer. Who holds one is in leases.ts. */
import { NoSuchRow } from '../../errors';
import type { ChangeId } from '../change';
import type { Journal } from '../journal/contract';
import type { Commits } from './commits';
import { encodeRecord } from './record';
import { MAX_LEASE_MS } from './rowleases';
import { lockOf, type RowName, type Rows } from './rows';
import type { State } from './state';

export interface RowLocksOptions {
  readonly state: State;
  readonly rows: Rows;
  readonly commits: Commits;
  readonly journal: Journal;
}

export class RowLocks {
  readonly #options: RowLocksOptions;

  constructor(options: RowLocksOptions) {
    this.#options = options;
  }

  /** @returns the token @throws RowLocked, NoSuchRow, RangeError */
  async take(name: RowName, ttlMs: number, id: ChangeId): Promise<number> {
    const { state, rows, commits, journal } = this.#options;
    const { table, pk } = name;
    if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > MAX_LEASE_MS)
      throw new RangeError(`${table.name}: a lease lasts 1 to ${MAX_LEASE_MS} ms, not ${ttlMs}`);
    return commits.once(id, async (remembered) => {
      const token = await rows.locks.run([lockOf(name)], async () => {
        const [row] = await rows.fetch([name]);
        if (!row?.now) throw new NoSuchRow(table.name, pk);
        state.leases.checkFree(table.name, pk);
        rows.admit([]);
        const sequence = journal.append(encodeRecord({ kind: 'lock', id, table: table.name, pk, ttlMs }));
        state.leases.grant(table.name, pk, sequence, ttlMs);
        remembered.sequence = sequence;
        remembered.answer = sequence;
        return sequence;
      });
      await journal.sync(token);
    });
  }

  /** Ends the lease, if it is not over already. */
  async end({ table, pk }: RowName, token: number): Promise<void> {
    const { state, journal } = this.#options;
    if (!state.leases.holds(table.name, pk, token)) return;
    const sequence = journal.append(encodeRecord({ kind: 'unlock', table: table.name, pk, token }));
    state.leases.end(table.name, pk, token);
    await journal.sync(sequence);
  }
}
