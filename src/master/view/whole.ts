/** Whole numbers in the query of a request: taken, or refused with their name and their range. Pure. */

export interface Whole {
  readonly key: string;
  readonly least: number;
  readonly most: number;
}

/** @returns what is wrong with those that the query has; undefined when nothing is */
export function wrongIn(query: URLSearchParams, ...wanted: readonly Whole[]): string | undefined {
  const wrong = wanted.find((whole) => query.has(whole.key) && !isWhole(query.get(whole.key) ?? '', whole));
  return wrong && `${wrong.key}: a whole number from ${wrong.least} to ${wrong.most}`;
}

/** @returns undefined when the query has none; to be asked when `wrongIn` found nothing */
export function wholeIn(query: URLSearchParams, { key }: Whole): number | undefined {
  const text = query.get(key);
  return text === null ? undefined : Number(text);
}

function isWhole(text: string, { least, most }: Whole): boolean {
  return /^\d{1,16}$/.test(text) && Number(text) >= least && Number(text) <= most;
}
