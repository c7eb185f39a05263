/**
 * One load of a node's modules: the timers and hooks it owns, ended together when the next load takes over.
 *
 * Until it starts, timers only wait: a load that is thrown away has done nothing.
 */
type Ending = () => unknown;

export class Generation {
  readonly #endings = new Set<Ending>();
  readonly #starts: (() => unknown)[] = [];
  #waiting: (() => void)[] | undefined = [];
  #ended = false;

  /** Calls `fn` every `ms` milliseconds until the generation ends. @returns a function that stops it */
  every(ms: number, fn: () => unknown): () => void {
    return this.#timer(() => {
      const timer = setInterval(fn, ms);
      return () => clearInterval(timer);
    });
  }

  /** Calls `fn` once, `ms` milliseconds from now, unless the generation ends before. @returns a function that cancels it */
  after(ms: number, fn: () => unknown): () => void {
    return this.#timer((forget) => {
      const timer = setTimeout(() => {
        forget();
        fn();
      }, ms);
      return () => clearTimeout(timer);
    });
  }

  /** Runs `fn` when the generation ends. */
  onUnload(fn: Ending): void {
    this.#endings.add(fn);
  }

  /** Runs `fn` before the node is ready; only the first generation of a process runs these. */
  onStart(fn: () => unknown): void {
    this.#starts.push(fn);
  }

  /** The hooks of `onStart`, in the order of their registration. */
  get starts(): readonly (() => unknown)[] {
    return this.#starts;
  }

  /** Lets the timers run. */
  start(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const begin of waiting) begin();
  }

  /** Ends timers and runs the `onUnload` hooks. @returns what hooks threw */
  async end(): Promise<unknown[]> {
    this.#ended = true;
    this.#waiting = undefined;
    const endings = [...this.#endings];
    this.#endings.clear();
    const results = await Promise.allSettled(endings.map(async (ending) => ending()));
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  }

  #timer(begin: (forget: () => void) => Ending): () => void {
    if (this.#ended) return () => {};
    let stop: Ending | undefined;
    let cancelled = false;
    const cancel = () => {
      cancelled = true;
      this.#endings.delete(cancel);
      stop?.();
    };
    const run = () => {
      if (!cancelled) stop = begin(() => this.#endings.delete(cancel));
    };
    this.#endings.add(cancel);
    if (this.#waiting) this.#waiting.push(run);
    else run();
    return cancel;
  }
}
