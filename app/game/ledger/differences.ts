/** What has become of a list of items or pets, template by template. Pure. */

/** So many of a template. */
export interface Counted {
  readonly template: number;
  readonly count: number;
}

export interface Difference {
  readonly template: number;
  /** Below zero: they are fewer. */
  readonly amount: number;
  /** How many there are afterwards, in all stacks together. */
  readonly after: number;
}

/** One for each template of which there are more or fewer than before. */
export function differences(before: readonly Counted[], after: readonly Counted[]): Difference[] {
  const [had, has] = [sums(before), sums(after)];
  return [...new Set([...had.keys(), ...has.keys()])].flatMap((template) => {
    const count = has.get(template) ?? 0;
    const amount = count - (had.get(template) ?? 0);
    return amount === 0 ? [] : [{ template, amount, after: count }];
  });
}

function sums(all: readonly Counted[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { template, count } of all) counts.set(template, (counts.get(template) ?? 0) + count);
  return counts;
}
