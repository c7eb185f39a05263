/** What the page has seen in the last minutes: a value a second for each figure, kept here and nowhere else. */

const KEPT = 300;
/** The page slept, or the master did: the line is broken there. */
const GAP_MS = 5_000;

export class History {
  /** @type {Map<string, (number | null)[]>} */
  #series = new Map();
  #lastAt = 0;

  /** Before the values of one moment. @param {number} at */
  begin(at) {
    if (this.#lastAt > 0 && at - this.#lastAt > GAP_MS) for (const series of this.#series.values()) push(series, null);
    this.#lastAt = at;
  }

  /** @param {string} name @param {number | null | undefined} value */
  add(name, value) {
    const series = this.#series.get(name) ?? [];
    push(series, typeof value === 'number' ? value : null);
    this.#series.set(name, series);
  }

  /** Oldest first; null where nothing is known. @param {string} name @returns {readonly (number | null)[]} */
  of(name) {
    return this.#series.get(name) ?? [];
  }
}

function push(series, value) {
  series.push(value);
  if (series.length > KEPT) series.shift();
}
