/**
 * What a reply must look like, written as an example of it: `{ result: true, message: said, data: { userId: int, stars: list(int) } }`.
 *
 * A field that is there and not in the shape is as wrong as one that is missing. Pure.
 */

/** Says what is wrong with a value; nothing when it fits. `at` names the value's place in the reply. */
export type Check = (value: unknown, at: string) => string[];

/** A literal stands for itself, `[shape]` for a list that has at least one, an object for exactly these fields. */
export type Shape = Check | string | number | boolean | readonly [Shape] | { readonly [field: string]: Shape };

/** What is wrong with `value`, one line each. */
export function differences(shape: Shape, value: unknown, at = 'reply'): string[] {
  if (typeof shape === 'function') return shape(value, at);
  if (Array.isArray(shape)) return Array.isArray(value) && value.length === 0 ? [`${at} is empty`] : list(shape[0])(value, at);
  if (typeof shape !== 'object') return value === shape ? [] : [unlike(JSON.stringify(shape), value, at)];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [unlike('an object', value, at)];
  const fields = shape as { readonly [field: string]: Shape };
  const missing = Object.keys(fields).filter((field) => !(field in value) && !isOptional(fields[field]));
  return [
    ...missing.map((field) => `${at}.${field} is missing`),
    ...Object.entries(value).flatMap(([field, inner]) => {
      const expected = fields[field];
      return expected === undefined ? [`${at}.${field} is not in the shape`] : differences(expected, inner, `${at}.${field}`);
    }),
  ];
}

const check =
  (what: string, fits: (value: unknown) => boolean): Check =>
  (value, at) =>
    fits(value) ? [] : [unlike(what, value, at)];

/** Clients of the game read numbers into 32 bits. */
export const int = check('an integer of 32 bits', (value) => typeof value === 'number' && (value | 0) === value);
export const bool = check('true or false', (value) => typeof value === 'boolean');
export const text = check('a text', (value) => typeof value === 'string');
/** A text that says something. */
export const said = check('a text that is not empty', (value) => typeof value === 'string' && value !== '');
export const moment = check('YYYY-MM-DD HH:MM:SS', (value) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(String(value)));

/** As many as there are, also none. */
export const list =
  (shape: Shape): Check =>
  (value, at) =>
    Array.isArray(value) ? value.flatMap((one, index) => differences(shape, one, `${at}[${index}]`)) : [unlike('a list', value, at)];

/** Fits one of these; what is wrong is told of the one that comes closest. */
export const oneOf =
  (...shapes: readonly Shape[]): Check =>
  (value, at) => {
    const [closest = []] = shapes.map((shape) => differences(shape, value, at)).sort((a, b) => a.length - b.length);
    return closest;
  };

const optional = new WeakSet<Check>();

/** A field that is left out when it is nothing: it may be missing, and is never 0 or empty. */
export function unlessNothing(shape: Shape): Check {
  const inner: Check = (value, at) => (value === 0 || value === '' ? [`${at} is nothing and not left out`] : differences(shape, value, at));
  optional.add(inner);
  return inner;
}

function isOptional(shape: Shape | undefined): boolean {
  return typeof shape === 'function' && optional.has(shape);
}

function unlike(what: string, value: unknown, at: string): string {
  return `${at} is not ${what}: ${JSON.stringify(value)}`;
}
