/** What the game nodes wrote down: see game/app/ledger.ts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIGURES, type Figure } from './game/app/ledger';

export type Figures = Readonly<Record<Figure, number>>;

/** What became of the transfers, by mark; the reason beside those that failed. */
export interface Ledgers {
  readonly begun: ReadonlySet<string>;
  readonly acknowledged: ReadonlySet<string>;
  readonly refused: ReadonlyMap<string, string>;
  readonly unknown: ReadonlyMap<string, string>;
  /** Promises about reading that did not hold. */
  readonly violations: readonly string[];
}

/** The figures of all nodes that ever ran. `inFlight` is what those that run now have under way. */
export function readFigures(folder: string): Figures {
  const total = Object.fromEntries(FIGURES.map((figure) => [figure, 0])) as Record<Figure, number>;
  const newest = new Map<string, number>();
  for (const file of filesOf(folder, 'gauge.')) {
    const figures = figuresIn(join(folder, file));
    for (const figure of FIGURES) total[figure] += figures[figure];
    newest.set(nodeOf(file), figures.inFlight);
  }
  total.inFlight = [...newest.values()].reduce((sum, n) => sum + n, 0);
  return total;
}

/** What one node has under way; after its death, what it had. */
export function inFlightOf(folder: string, node: string): number {
  const newest = filesOf(folder, `gauge.${node}.`).at(-1);
  return newest === undefined ? 0 : figuresIn(join(folder, newest)).inFlight;
}

export function readLedgers(folder: string): Ledgers {
  const ledgers = {
    begun: new Set<string>(),
    acknowledged: new Set<string>(),
    refused: new Map<string, string>(),
    unknown: new Map<string, string>(),
    violations: [] as string[],
  };
  for (const file of filesOf(folder, 'ledger.')) {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    for (const line of lines.slice(0, -1)) enter(ledgers, line.slice(0, 1), line.slice(2));
  }
  // Whose node died before it heard of them.
  for (const mark of ledgers.begun)
    if (!ledgers.acknowledged.has(mark) && !ledgers.refused.has(mark) && !ledgers.unknown.has(mark))
      ledgers.unknown.set(mark, 'NodeKilled before it heard');
  return ledgers;
}

interface Entering {
  readonly begun: Set<string>;
  readonly acknowledged: Set<string>;
  readonly refused: Map<string, string>;
  readonly unknown: Map<string, string>;
  readonly violations: string[];
}

function enter(ledgers: Entering, entry: string, text: string): void {
  const mark = text.split(' ', 1)[0] ?? '';
  const reason = text.slice(mark.length + 1);
  if (entry === 'B') ledgers.begun.add(mark);
  else if (entry === 'A') ledgers.acknowledged.add(mark);
  else if (entry === 'R') ledgers.refused.set(mark, reason);
  else if (entry === 'U') ledgers.unknown.set(mark, reason);
  else ledgers.violations.push(text);
}

/** In the order in which the nodes started. */
function filesOf(folder: string, prefix: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .sort();
}

/** Of `gauge.NODE.START`. */
function nodeOf(file: string): string {
  return file.split('.')[1] ?? '';
}

function figuresIn(path: string): Figures {
  const bytes = readFileSync(path);
  // A node that has just started may have written nothing yet.
  return Object.fromEntries(
    FIGURES.map((figure, at) => [figure, bytes.length >= 8 * (at + 1) ? bytes.readDoubleLE(8 * at) : 0]),
  ) as Figures;
}
