/** Numbers and days as a person reads them. Pure. What is not known is a dash. */

const DASH = '–';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const hundredths = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** @param {number | null | undefined} value */
export const count = (value) => (typeof value === 'number' ? whole.format(value) : DASH);

/** @param {number | null | undefined} value */
export const fine = (value) => (typeof value === 'number' ? hundredths.format(value) : DASH);

/** @param {number | null | undefined} value */
export const percent = (value) => (typeof value === 'number' ? `${whole.format(value)} %` : DASH);

/** For the axis of a plot. @param {number} value */
export const compact = (value) => short.format(value);

/** `2026-01-31` is "Jan 31". @param {string} date */
export const dayName = (date) => day.format(new Date(`${date}T00:00:00Z`));

/** @param {string | null | undefined} text */
export const words = (text) => text || DASH;
