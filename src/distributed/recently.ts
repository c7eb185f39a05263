/** What was told of late: keeps a log to one line a cause, however often it comes. Bounded: beyond the bound everything counts as new again. */

/** A cause that is still there after this is worth another line. */
const QUIET_MS = 60_000;
const MAX_CAUSES = 100;

export class Recently {
  readonly #until = new Map<string, number>();

  /** Whether it was not told within the last minute; it counts as told from here on. */
  isNew(cause: string): boolean {
    const now = performance.now();
    if ((this.#until.get(cause) ?? 0) > now) return false;
    if (this.#until.size >= MAX_CAUSES) this.#until.clear();
    this.#until.set(cause, now + QUIET_MS);
    return true;
  }
}
