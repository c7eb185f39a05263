/**
 * A node's changes on their way to the writer: each group gets its identity here, so that the writer makes one that is sent again once.
 *
 * One a node. What the port does when the link breaks is its business; a group that was answered, whatever the answer, is never sent again.
 */
import { randomBytes } from 'node:crypto';
import type { Change, ChangeId, Outcome, ReadVersion } from './change';
import type { DataPort, PkValue } from './port';

const SOURCE_BYTES = 9;

export class Committer {
  readonly #port: DataPort;
  readonly #source = randomBytes(SOURCE_BYTES).toString('base64url');
  /** Counters without an answer, the lowest first. */
  readonly #open = new Set<number>();
  #counter = 0;

  constructor(port: DataPort) {
    this.#port = port;
  }

  /** Makes all changes, or none. @param reads what they were decided on @throws what `DataPort.commit` throws */
  commit(changes: readonly Change[], reads: readonly ReadVersion[] = []): Promise<Outcome[]> {
    return this.#identified((id) => this.#port.commit({ id, reads, changes }));
  }

  /** @returns the token of the lease @throws RowLocked, NoSuchRow */
  lock(table: string, pk: PkValue, ttlMs: number): Promise<number> {
    return this.#identified((id) => this.#port.lock(table, pk, ttlMs, id));
  }

  async #identified<T>(send: (id: ChangeId) => Promise<T>): Promise<T> {
    const counter = ++this.#counter;
    this.#open.add(counter);
    const [settled = counter] = this.#open;
    try {
      return await send({ source: this.#source, counter, settled });
    } finally {
      this.#open.delete(counter);
    }
  }
}
