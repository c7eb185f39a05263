/** How many bytes of records SQL has not taken yet. Counted in steps, so that it costs nothing a record: never too few, too many by a step at most. */

export class Backlog {
  readonly #step: number;
  #total = 0;
  #applied = 0;
  /** Last sequence and `#total` at the end of each step that is not applied; the first `#gone` are. */
  #steps: { readonly sequence: number; readonly total: number }[] = [];
  #gone = 0;
  #stepAt = 0;
  #last = 0;

  /** @param bound most bytes that are meant to be in it; a step is a 4,096th of that */
  constructor(bound: number) {
    this.#step = bound / 4_096;
  }

  get bytes(): number {
    return this.#total - this.#applied;
  }

  add(sequence: number, bytes: number): void {
    this.#total += bytes;
    this.#last = sequence;
    if (this.#total - this.#stepAt < this.#step) return;
    this.#stepAt = this.#total;
    this.#steps.push({ sequence, total: this.#total });
  }

  /** Everything up to that sequence is taken. */
  apply(sequence: number): void {
    if (sequence >= this.#last) {
      this.#applied = this.#total;
      this.#stepAt = this.#total;
      this.#steps = [];
      this.#gone = 0;
      return;
    }
    for (let step = this.#steps[this.#gone]; step && step.sequence <= sequence; step = this.#steps[this.#gone]) {
      this.#applied = step.total;
      this.#gone += 1;
    }
    if (this.#gone <= this.#steps.length / 2) return;
    this.#steps = this.#steps.slice(this.#gone);
    this.#gone = 0;
  }
}
