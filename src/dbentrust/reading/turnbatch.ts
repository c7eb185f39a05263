/**
 * What the callers of one turn ask for, asked for once, when the turn ends.
 *
 * Who comes later starts another batch: an answer that is under way may be older than what the later caller knows.
 */

interface Batch<T, R> {
  readonly asked: Map<string, T>;
  readonly answers: Promise<ReadonlyMap<string, R>>;
}

export class TurnBatch<T, R> {
  readonly #run: (asked: ReadonlyMap<string, T>) => Promise<ReadonlyMap<string, R>>;
  #open: Batch<T, R> | undefined;

  /** @param run gets all that a turn asked for, by key; everybody who asked gets what it returns or throws */
  constructor(run: (asked: ReadonlyMap<string, T>) => Promise<ReadonlyMap<string, R>>) {
    this.#run = run;
  }

  /** @returns the answers to all that is asked for in this turn, by key */
  ask(keys: readonly string[], values: readonly T[]): Promise<ReadonlyMap<string, R>> {
    this.#open ??= this.#start();
    const { asked, answers } = this.#open;
    for (let at = 0; at < keys.length; at++) asked.set(keys[at] as string, values[at] as T);
    return answers;
  }

  #start(): Batch<T, R> {
    const asked = new Map<string, T>();
    const answers = new Promise<ReadonlyMap<string, R>>((resolve, reject) => {
      // From a promise's continuation this is called when all continuations are through: at the end of the turn.
      process.nextTick(() => {
        this.#open = undefined;
        this.#run(asked).then(resolve, reject);
      });
    });
    return { asked, answers };
  }
}
