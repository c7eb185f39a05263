/**
 * The calls of the game's code that a node has under way, in batches: a reload ends one and begins the next, and is told when the calls that
 * began before it have ended. Two counters a call: what runs for every frame can afford it.
 */

/** Targets whose names begin with this are the framework's: no reload concerns them. */
const INTERNAL = 'firefly.';

/** Calls that began between two reloads. */
export class CallBatch {
  #size = 0;
  #whenNone: (() => void)[] = [];

  /** Those that have not ended. */
  get size(): number {
    return this.#size;
  }

  begin(): this {
    this.#size++;
    return this;
  }

  end(): void {
    if (--this.#size > 0 || this.#whenNone.length === 0) return;
    const waiting = this.#whenNone;
    this.#whenNone = [];
    for (const resolve of waiting) resolve();
  }

  /** Settles when none is left. */
  none(): Promise<void> {
    return this.#size === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenNone.push(resolve));
  }
}

export class CallBatches {
  readonly #internal = new CallBatch();
  #current = new CallBatch();

  /**
   * Counts a call whose result is not there yet.
   *
   * @param target what is called, where it may be the framework's own
   * @returns what is told when it has ended
   */
  begin(target?: string | number): CallBatch {
    const isInternal = typeof target === 'string' && target.startsWith(INTERNAL);
    return (isInternal ? this.#internal : this.#current).begin();
  }

  /** Calls count in a new batch from here on. @returns the one of those before */
  next(): CallBatch {
    const before = this.#current;
    this.#current = new CallBatch();
    return before;
  }
}
