/**
 * Ids that this writer granted and that no row had since: SQL need not be asked whether there is such a row.
 *
 * Only relied on while the database is away, so that rows with ids of their own can be made meanwhile; else SQL is asked, since a row may have been put there by hand.
 */

/** Ids remembered of a table; the oldest are forgotten first. */
const BOUND = 200_000;

export class UnusedIds {
  readonly #ids = new Set<number>();

  add(first: number, count: number): void {
    for (let id = first; id < first + count; id++) this.#ids.add(id);
    for (const oldest of this.#ids) {
      if (this.#ids.size <= BOUND) return;
      this.#ids.delete(oldest);
    }
  }

  /** Whether there is no row with that id; asked once, since there may be one afterwards. */
  take(id: unknown): boolean {
    return typeof id === 'number' && this.#ids.delete(id);
  }
}
