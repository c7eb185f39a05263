/**
 * What a node writes down where its own death cannot take it back: a line for each transfer before it begins and after it ended, and its figures of this moment.
 *
 * Files of their own for each start of a node; the system keeps what was written when the process is killed.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Figures in the order in which they lie in the file, eight bytes each. */
export const FIGURES = ['inFlight', 'acknowledged', 'refused', 'unknown', 'rowsRead', 'readsFailed', 'rowsDecidedOn', 'cached'] as const;
export type Figure = (typeof FIGURES)[number];

/** B: begins. A: acknowledged. R: refused, nothing was done. U: nobody knows. V: a promise was broken. */
export type Entry = 'B' | 'A' | 'R' | 'U' | 'V';

export class Ledger {
  readonly #lines: number;
  readonly #gauge: number;
  readonly #figures = new Float64Array(FIGURES.length);

  /** @param name of the node and of this start of it */
  constructor(folder: string, name: string) {
    this.#lines = openSync(join(folder, `ledger.${name}`), 'a');
    this.#gauge = openSync(join(folder, `gauge.${name}`), 'w');
  }

  write(entry: Entry, text: string): void {
    writeSync(this.#lines, `${entry} ${text}\n`);
  }

  add(figure: Figure, by = 1): void {
    this.set(figure, (this.#figures[FIGURES.indexOf(figure)] ?? 0) + by);
  }

  set(figure: Figure, value: number): void {
    this.#figures[FIGURES.indexOf(figure)] = value;
    writeSync(this.#gauge, new Uint8Array(this.#figures.buffer), 0, this.#figures.byteLength, 0);
  }

  close(): void {
    closeSync(this.#lines);
    closeSync(this.#gauge);
  }
}
