/** Pet training: for a scroll and a fee the growths of a pet change, for better or worse. Pure. */
import type { Growth, PetTemplate } from '../../data/pets';
import type { Table } from '../../data/read/table';
import type { Fee, TrainingSpreads } from '../../data/training';
import { petQuality } from '../pets/attributes';
import type { Random } from '../random';

/** Template of what every training uses up. */
export const TRAINING_SCROLL = 42004026;

export interface TrainingCost {
  readonly scrolls: number;
  readonly coin: number;
  readonly gold: number;
}

/** What a client asks for, from 1 on. */
export const TRAINING_KINDS: readonly { readonly fee: Fee; readonly times: Trainings }[] = [
  { fee: 'coin', times: 1 },
  { fee: 'gold', times: 1 },
  { fee: 'coin', times: 10 },
  { fee: 'gold', times: 10 },
];

/** One training, by what is paid. */
const COSTS: Readonly<Record<Fee, TrainingCost>> = { coin: { scrolls: 1, coin: 200, gold: 0 }, gold: { scrolls: 1, coin: 0, gold: 20 } };

/** Trainings that can be had at once. */
export const TRAININGS = [1, 10] as const;
export type Trainings = (typeof TRAININGS)[number];

/** A growth falls no lower, and rises to so many times its template's. */
const LOWEST_GROWTH = 1;
const HIGHEST_OF_TEMPLATE = 1.5;

export function trainingCost(fee: Fee, times: Trainings): TrainingCost {
  const { scrolls, coin, gold } = COSTS[fee];
  return { scrolls: scrolls * times, coin: coin * times, gold: gold * times };
}

/** What training would make of a growth. It is an offer: its owner may keep the old one. */
export function train(
  growth: Growth,
  template: PetTemplate,
  spreads: Table<TrainingSpreads>,
  { fee, times }: { readonly fee: Fee; readonly times: Trainings },
  random: Random,
): Growth {
  let trained = growth;
  for (let time = 0; time < times; time++) {
    const spread = spreads.get(petQuality(trained))?.[fee] ?? { min: 0, max: 0 };
    const changed = (of: 'str' | 'vit' | 'dex') => {
      const highest = Math.floor(template.growth[of] * HIGHEST_OF_TEMPLATE);
      return Math.min(Math.max(trained[of] + random.between(spread.min, spread.max), LOWEST_GROWTH), highest);
    };
    trained = { ...trained, str: changed('str'), vit: changed('vit'), dex: changed('dex') };
  }
  return trained;
}
