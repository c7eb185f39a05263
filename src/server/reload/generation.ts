/**
 * One load of a node's modules: the timers and hooks it owns, ended together when the next load takes over.
 *
 * Until it starts, timers only wait: a load that is thrown away has done nothing.
 */
type Ending = () => unknown;

/** What runs before the node is ready. */
export interface StartHook {
  readonly run: () => unknown;
  /** Where the module asked for it, for people. */
  readonly place: string;
}

/** Something to end: a timer or a hook. */
interface Entry {
  end: Ending;
  /** The module that asked for it, when a reload may leave that module alone. */
  readonly file: string | undefined;
  /** The set it is in now. */
  home: Set<Entry>;
}

export class Generation {
  readonly #endings = new Set<Entry>();
  readonly #loads: (() => unknown)[] = [];
  readonly #starts: StartHook[] = [];
  #waiting: (() => void)[] | undefined = [];
  #ended = false;

  /** Calls `fn` every `ms` milliseconds until the generation ends. @returns a function that stops it */
  every(ms: number, fn: () => unknown, file?: string): () => void {
    return this.#timer(file, () => {
      const timer = setInterval(fn, ms);
      return () => clearInterval(timer);
    });
  }

  /** Calls `fn` once, `ms` milliseconds from now, unless the generation ends before. @returns a function that cancels it */
  after(ms: number, fn: () => unknown, file?: string): () => void {
    return this.#timer(file, (forget) => {
      const timer = setTimeout(() => {
        forget();
        fn();
      }, ms);
      return () => clearTimeout(timer);
    });
  }

  /** Runs `fn` when the generation ends. */
  onUnload(fn: Ending, file?: string): void {
    this.#endings.add({ end: fn, file, home: this.#endings });
  }

  /** Takes over the timers and hooks of modules that stay; they go on as they are. */
  adopt(from: Generation, stays: (file: string) => boolean): void {
    for (const entry of from.#endings) {
      if (entry.file === undefined || !stays(entry.file)) continue;
      from.#endings.delete(entry);
      entry.home = this.#endings;
      this.#endings.add(entry);
    }
  }

  /** Runs `fn` when the load is done and before its code runs for anybody. */
  onLoad(fn: () => unknown): void {
    this.#loads.push(fn);
  }

  /** The hooks of `onLoad`, in the order of their registration. */
  get loads(): readonly (() => unknown)[] {
    return this.#loads;
  }

  /** Runs `fn` before the node is ready; only the first generation of a process runs these. */
  onStart(fn: () => unknown, place = ''): void {
    this.#starts.push({ run: fn, place });
  }

  /** The hooks of `onStart`, in the order of their registration. */
  get starts(): readonly StartHook[] {
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
    const results = await Promise.allSettled(endings.map(async ({ end }) => end()));
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  }

  #timer(file: string | undefined, begin: (forget: () => void) => Ending): () => void {
    if (this.#ended) return () => {};
    let stop: Ending | undefined;
    let cancelled = false;
    const cancel = () => {
      cancelled = true;
      entry.home.delete(entry);
      stop?.();
    };
    const entry: Entry = { end: cancel, file, home: this.#endings };
    const run = () => {
      if (!cancelled) stop = begin(() => entry.home.delete(entry));
    };
    this.#endings.add(entry);
    if (this.#waiting) this.#waiting.push(run);
    else run();
    return cancel;
  }
}
