/**
 * Leases on rows: who holds one alone may change the row, until the lease runs out or is ended.
 *
 * The token of a lease is the sequence of its record in the journal, so tokens only rise. No timers: a lease that ran out is found when somebody looks.
 */
import { LeaseLost, QueueFull, RowLocked } from '../../errors';
import type { PkValue } from '../port';
import type { Snapshot } from './record';

const LEASES = 100_000;
/** A day: whoever needs longer wants a column, not a lease. */
export const MAX_LEASE_MS = 86_400_000;

interface Lease {
  readonly table: string;
  readonly pk: PkValue;
  readonly token: number;
  readonly endsAt: number;
}

export class Leases {
  readonly #held = new Map<string, Lease>();
  readonly #now: () => number;

  /** Told when a lease is found to have run out, before anybody else gets the row: what is restored from a record has all its time again. It may throw, then nothing has happened. */
  ranOut: (table: string, pk: PkValue, token: number) => void = () => {};

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get size(): number {
    return this.#held.size;
  }

  /** Whether a change with that token may be made. @throws RowLocked, LeaseLost */
  check(table: string, pk: PkValue, token: number | undefined): void {
    if (this.#held.size === 0 && token === undefined) return;
    const lease = this.#lease(table, pk);
    if (lease?.token === token) return;
    if (token === undefined) throw new RowLocked(table, pk);
    throw new LeaseLost(table, pk);
  }

  /** Whether a lease may be granted. @throws RowLocked, QueueFull */
  checkFree(table: string, pk: PkValue): void {
    if (this.#lease(table, pk)) throw new RowLocked(table, pk);
    if (this.#held.size < LEASES) return;
    const now = this.#now();
    for (const lease of [...this.#held.values()]) if (lease.endsAt <= now) this.#remove(lease);
    if (this.#held.size >= LEASES) throw new QueueFull('leases on rows', LEASES);
  }

  /** The row has that lease from now on; also what the journal says, whoever had it before. */
  grant(table: string, pk: PkValue, token: number, ttlMs: number): void {
    this.#held.set(keyOf(table, pk), { table, pk, token, endsAt: this.#now() + ttlMs });
  }

  holds(table: string, pk: PkValue, token: number): boolean {
    return this.#lease(table, pk)?.token === token;
  }

  /** Ends that lease; another one stays. */
  end(table: string, pk: PkValue, token: number): void {
    if (this.holds(table, pk, token)) this.#held.delete(keyOf(table, pk));
  }

  /** The row is gone. */
  drop(table: string, pk: PkValue): void {
    if (this.#held.size > 0) this.#held.delete(keyOf(table, pk));
  }

  /** After a restart the time that was left runs on: the writer's absence shortens no lease. */
  restore(leases: Snapshot['leases']): void {
    for (const [table, pk, token, leftMs] of leases) this.grant(table, pk, token, leftMs);
  }

  snapshot(): Snapshot['leases'] {
    const now = this.#now();
    return [...this.#held.values()].flatMap(({ table, pk, token, endsAt }) =>
      endsAt > now ? [[table, pk, token, Math.ceil(endsAt - now)] as const] : [],
    );
  }

  #lease(table: string, pk: PkValue): Lease | undefined {
    const key = keyOf(table, pk);
    const lease = this.#held.get(key);
    if (!lease || lease.endsAt > this.#now()) return lease;
    this.#remove(lease);
    return undefined;
  }

  #remove(lease: Lease): void {
    const { table, pk, token } = lease;
    this.ranOut(table, pk, token);
    this.#held.delete(keyOf(table, pk));
  }
}

function keyOf(table: string, pk: PkValue): string {
  return `${table} ${pk}`;
}
