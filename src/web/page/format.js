/** Numbers and times as a person reads them. Pure. What is not known is a dash. */

export const DASH = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });

/** @param {number | null | undefined} value */
export function count(value) {
  return isNumber(value) ? whole.format(value) : DASH;
}

/** Per second. @param {number | null | undefined} value */
export function rate(value) {
  if (!isNumber(value)) return DASH;
  return value > 0 && value < 9.95 ? tenths.format(value) : whole.format(value);
}

/** @param {number | null | undefined} value in milliseconds */
export function millis(value) {
  if (!isNumber(value)) return DASH;
  if (value > 0 && value < 0.1) return `${whole.format(value * 1000)} µs`;
  if (value >= 10_000) return `${whole.format(value / 1000)} s`;
  if (value >= 1_000) return `${tenths.format(value / 1000)} s`;
  return value > 0 && value < 9.95 ? `${tenths.format(value)} ms` : `${whole.format(value)} ms`;
}

/** @param {number | null | undefined} value */
export function bytes(value) {
  if (!isNumber(value)) return DASH;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let size = value;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit > 0 && size < 10 ? tenths.format(size) : whole.format(size)} ${units[unit]}`;
}

/** How long, in its two largest units. @param {number | null | undefined} value in milliseconds */
export function duration(value) {
  if (!isNumber(value)) return DASH;
  const seconds = Math.floor(value / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`;
}

/** Time of day, here. @param {string | number} at */
export function time(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? DASH : clock.format(date);
}

/** Day and time, here. @param {string | number} at */
export function moment(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? DASH : day.format(date);
}

/** Time of day when it is today, else with the day. @param {string | number} at */
export function when(at) {
  return new Date(at).toDateString() === new Date().toDateString() ? time(at) : moment(at);
}

/** "1 node", "2 nodes". @param {number} number @param {string} word */
export function some(number, word) {
  return `${count(number)} ${word}${number === 1 ? '' : 's'}`;
}

/** @param {unknown} value @returns {value is number} */
function isNumber(value) {
  return typeof value === 'number' && Number.isFinite(value);
}
