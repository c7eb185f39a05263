/** Where the days and values of a plot stand. Pure. */

const DAY_MS = 86_400_000;

/**
 * A value for each day from the first to the last, and null for a day that was not counted.
 *
 * @param {readonly { recorddate: string }[]} rows in any order
 * @param {string} field
 * @returns {{ date: string, value: number | null }[]} the oldest first
 */
export function byDay(rows, field) {
  const values = new Map(rows.map((row) => [row.recorddate, row[field]]));
  const dates = [...values.keys()].sort();
  const first = Date.parse(dates[0] ?? '');
  const last = Date.parse(dates.at(-1) ?? '');
  const days = [];
  for (let at = first; at <= last; at += DAY_MS) {
    const date = new Date(at).toISOString().slice(0, 10);
    days.push({ date, value: values.get(date) ?? null });
  }
  return days;
}

/** The end of an axis: 1, 2, 5 times a power of ten, at or above every value. @param {readonly (number | null)[]} values */
export function topOf(values) {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= most) ?? 10;
  return step * power;
}

/** Stretches without a gap, as pairs of a day's number and its value. @param {readonly (number | null)[]} values @returns {[number, number][][]} */
export function runsOf(values) {
  /** @type {[number, number][][]} */
  const runs = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const hasBefore = index > 0 && values[index - 1] !== null;
    if (!hasBefore) runs.push([]);
    runs.at(-1)?.push([index, value]);
  });
  return runs;
}
