/**
 * What a node knows at least of rows: the versions that dbfront told it, by its answers to reads and to changes, not long ago.
 *
 * They are needed where memcached fails: a change that did not reach it leaves an older item there, and a node may hold the lease of that item's epoch for a while. dbfront gives out no lease of
 * an epoch with an operation older than one lease under way, and a lease lasts one lease: after two no trusted item can be older. What a node read from memcached itself needs no floor,
 * since within an epoch an item is only replaced by a newer one, and leases of an epoch never follow those of the next.
 */

export class Floors {
  readonly #bound: number;
  readonly #spanMs: number;
  readonly #now: () => number;
  /** Two generations, so that forgetting costs nothing: a version is kept for one to two spans. */
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #turnsAt: number;
  #closedUntil = Number.NEGATIVE_INFINITY;

  /** @param bound versions noted in one span @param spanMs two leases @param now a monotonic clock, in ms */
  constructor(bound: number, spanMs: number, now: () => number) {
    this.#bound = bound;
    this.#spanMs = spanMs;
    this.#now = now;
    this.#turnsAt = now() + spanMs;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** False while more was noted than there is room for: then no item is to be trusted, whatever its version. */
  get complete(): boolean {
    return this.#now() >= this.#closedUntil;
  }

  /** The row has that version at least. */
  note(name: string, version: number): void {
    this.#turn();
    const known = this.of(name);
    if (known !== undefined && known >= version && this.#young.has(name)) return;
    if (this.#young.size >= this.#bound && !this.#young.has(name)) this.#overflow();
    this.#young.set(name, Math.max(known ?? 0, version));
  }

  /** The lowest version that may be shown; undefined when any may. */
  of(name: string): number | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }

  /** What was noted until now needs no place any more, since for as long as it counts nothing is trusted. */
  #overflow(): void {
    this.#closedUntil = this.#now() + this.#spanMs;
    this.#turnsAt = this.#closedUntil;
    this.#young = new Map();
    this.#old = new Map();
  }

  #turn(): void {
    const now = this.#now();
    if (now < this.#turnsAt) return;
    // Nothing was noted for a whole span beyond the turn: the young ones are too old as well.
    this.#old = now < this.#turnsAt + this.#spanMs ? this.#young : new Map();
    this.#young = new Map();
    this.#turnsAt = now + this.#spanMs;
  }
}
