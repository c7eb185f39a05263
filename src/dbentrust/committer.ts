/**
 * A node's changes on their way to the writer: each group gets its identity here, so that the writer makes one that is sent again once.
 *
 * One a node. What the port does when the link breaks is its business; a group that was answered, whatever the answer, is never sent again.
 */
import { randomBytes } from 'node:crypto';
import { DEFAULT_LIMITS } from '../config/defaults';
import { TransactionTooLarge } from '../errors';
import type { Change, ChangeGroup, ChangeId, HeldLease, Outcome, ReadVersion } from './change';
import type { DataPort, PkValue } from './port';

const SOURCE_BYTES = 9;

export class Committer {
  readonly #port: DataPort;
  readonly #made: (changes: readonly Change[], outcomes: readonly Outcome[]) => void;
  readonly #source = randomBytes(SOURCE_BYTES).toString('base64url');
  /** Counters without an answer. */
  readonly #open = new Set<number>();
  /** Every counter below has its answer. */
  #settled = 1;
  #counter = 0;

  /** Changes, and rows read, that one group may have. */
  readonly bound: number;

  /**
   * @param bound changes, and rows read, that one group may have
   * @param made told of each group that was acknowledged, before its sender is
   */
  constructor(
    port: DataPort,
    bound = DEFAULT_LIMITS.transactionRows,
    made: (changes: readonly Change[], outcomes: readonly Outcome[]) => void = () => {},
  ) {
    this.#port = port;
    this.bound = bound;
    this.#made = made;
  }

  /**
   * Makes all changes, or none.
   *
   * @param reads what they were decided on
   * @param leases that they are made under; changes of those rows carry the token as well
   * @throws what `DataPort.commit` throws
   */
  async commit(changes: readonly Change[], reads: readonly ReadVersion[] = [], leases: readonly HeldLease[] = []): Promise<Outcome[]> {
    checkSize({ changes, reads, leases }, this.bound);
    const under = leases.length > 0 ? { leases } : {};
    const outcomes = await this.#identified((id) => this.#port.commit({ id, reads, changes, ...under }));
    this.#made(changes, outcomes);
    return outcomes;
  }

  /** @returns the token of the lease @throws RowLocked, NoSuchRow */
  lock(table: string, pk: PkValue, ttlMs: number): Promise<number> {
    return this.#identified((id) => this.#port.lock(table, pk, ttlMs, id));
  }

  async #identified<T>(send: (id: ChangeId) => Promise<T>): Promise<T> {
    const counter = ++this.#counter;
    this.#open.add(counter);
    while (!this.#open.has(this.#settled)) this.#settled += 1;
    try {
      return await send({ source: this.#source, counter, settled: this.#settled });
    } finally {
      this.#open.delete(counter);
    }
  }
}

/** A group is made in one piece, and everybody else waits meanwhile. @throws TransactionTooLarge */
export function checkSize({ changes, reads, leases = [] }: Pick<ChangeGroup, 'changes' | 'reads' | 'leases'>, bound: number): void {
  if (Math.max(changes.length, reads.length, leases.length) > bound) throw new TransactionTooLarge(changes.length, reads.length, bound);
}
