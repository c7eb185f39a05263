/** A check of the audit, and how it is shown. */

export interface Check {
  readonly name: string;
  /** What was looked at. */
  readonly seen: string;
  /** A line for each fault; none when it holds. */
  readonly wrong: readonly string[];
}

/** Examples of what is wrong. */
const SHOWN = 5;

/** A line a check, and below one that is broken the first of its faults. */
export function formatChecks(checks: readonly Check[]): string {
  return checks
    .flatMap(({ name, seen, wrong }) => [
      wrong.length === 0 ? `holds   ${name} (${seen})` : `BROKEN  ${name} (${seen}): ${wrong.length} times`,
      ...wrong.slice(0, SHOWN).map((fault) => `          ${fault}`),
      ...(wrong.length > SHOWN ? [`          and ${wrong.length - SHOWN} more`] : []),
    ])
    .join('\n');
}

export function allHold(checks: readonly Check[]): boolean {
  return checks.every(({ wrong }) => wrong.length === 0);
}
