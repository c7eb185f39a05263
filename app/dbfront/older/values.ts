/** Values of an older server's rows, whatever is missing or NULL there. Pure. */

export type OldRow = Readonly<Record<string, unknown>>;

/** Stands for a time that nobody has written down, where a column must have one. */
export const LONG_AGO = '2000-01-01 00:00:00';

const MAX = 2 ** 31 - 1;

/** These columns, with what they are where the row does not say. */
export function integersOf<T extends Readonly<Record<string, number>>>(row: OldRow, defaults: T): { [Column in keyof T]: number } {
  const columns = Object.entries(defaults).map(([column, or]) => [column, integerOf(row[column], or)]);
  return Object.fromEntries(columns) as { [Column in keyof T]: number };
}

export function integerOf(value: unknown, or: number): number {
  const number = value === null || value === undefined || value === '' ? or : Number(value);
  return Number.isInteger(number) && Math.abs(number) <= MAX ? number : or;
}

export function within(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}

export function textOf(value: unknown, longest = 255): string {
  return value === null || value === undefined ? '' : Array.from(String(value)).slice(0, longest).join('');
}

/** `YYYY-MM-DD HH:MM:SS`; null for none, and for the date 0000-00-00 that old databases have. */
export function timeOf(value: unknown): string | null {
  const text = textOf(value);
  return /^[1-9]\d{3}-(?!00)\d\d-(?!00)\d\d/.test(text) ? text : null;
}

/** Gives each name once. Those that come later get their id behind it. */
export class Names {
  readonly #given = new Set<string>();

  /** Spaces at the end make no difference: they make none to MySQL. */
  give(name: string, id: number): string {
    let given = name;
    while (given.trim() === '' || this.#given.has(given.trimEnd())) given = `${given}#${id}`;
    this.#given.add(given.trimEnd());
    return given;
  }
}
