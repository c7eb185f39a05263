/**
 * Measures a row: pairs of readings, the two sides one directly after the other, so that what disturbs the machine disturbs both.
 *
 * The first pair does not count: it warms both sides up. Who goes first changes from pair to pair. A ratio is made within a pair; the table shows the median of the ratios.
 */
import { loadavg } from 'node:os';
import { messageOf } from '../../src/thrown';
import type { Figure, Pair, Reading, Row } from './row';
import { median } from './statistics';
import type { Workshop } from './workshop';

export interface FigureResult extends Figure {
  /** Medians. */
  readonly yardstick: number;
  readonly firefly: number;
  readonly ratio: number;
  /** Smallest and largest ratio of a pair. */
  readonly range: readonly [number, number];
  /** Undefined where nothing is asked of it. */
  readonly isReached: boolean | undefined;
}

export interface RowResult {
  readonly key: string;
  readonly title: string;
  readonly beside: string;
  /** Empty for a void row. */
  readonly figures: readonly FigureResult[];
  /** Why there are no figures. */
  readonly isVoid?: string;
  /** The machine's load average, of one minute, before and after. */
  readonly load: readonly [number, number];
  readonly pairs: readonly ReadingPair[];
}

export interface ReadingPair {
  readonly yardstick: Reading;
  readonly firefly: Reading;
}

/** Never throws: what goes wrong voids the row. */
export async function measureRow(row: Row, workshop: Workshop, pairs: number): Promise<RowResult> {
  const before = loadavg()[0] ?? 0;
  const taken: ReadingPair[] = [];
  const { key, title, beside } = row;
  const result = (more: { figures: FigureResult[]; isVoid?: string }): RowResult => ({
    ...{ key, title, beside, pairs: taken },
    ...{ load: [before, loadavg()[0] ?? 0] },
    ...more,
  });
  try {
    const pair = await row.open(workshop);
    if (!row.isFresh) await readPair(pair, true);
    for (let n = 0; n < pairs; n++) taken.push(await readPair(pair, n % 2 === 0));
  } catch (error) {
    return result({ figures: [], isVoid: messageOf(error) });
  }
  return result({ figures: row.figures.map((figure, at) => summarise(figure, at, taken)) });
}

async function readPair(pair: Pair, yardstickFirst: boolean): Promise<ReadingPair> {
  if (yardstickFirst) return { yardstick: await pair.yardstick(), firefly: await pair.firefly() };
  const firefly = await pair.firefly();
  return { yardstick: await pair.yardstick(), firefly };
}

/** @param at the figure's place in the readings */
export function summarise(figure: Figure, at: number, pairs: readonly ReadingPair[]): FigureResult {
  const of = (reading: Reading) => reading.values[at] ?? Number.NaN;
  const ratios = pairs.map(({ yardstick, firefly }) => of(firefly) / of(yardstick));
  const firefly = median(pairs.map((pair) => of(pair.firefly)));
  const ratio = median(ratios);
  return {
    ...figure,
    yardstick: median(pairs.map((pair) => of(pair.yardstick))),
    firefly,
    ratio,
    range: [Math.min(...ratios), Math.max(...ratios)],
    isReached: isReached(figure, ratio, firefly),
  };
}

function isReached({ goal, better }: Figure, ratio: number, value: number): boolean | undefined {
  if (!goal) return undefined;
  const reaches = (is: number, wanted: number | undefined) => wanted === undefined || (better === 'more' ? is >= wanted : is <= wanted);
  return reaches(ratio, goal.ratio) && reaches(value, goal.value);
}
