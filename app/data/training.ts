/** Pet training: by how much a growth may change, by the pet's quality and by what is paid. */
import { readTable, type Table } from './read/table';
import rows from './tables/training.json';

/** Both ends included. */
export interface Spread {
  readonly min: number;
  readonly max: number;
}

export type Fee = 'coin' | 'gold';

export type TrainingSpreads = Readonly<Record<Fee, Spread>>;

export function readTraining(from: unknown = rows): Table<TrainingSpreads> {
  return readTable('training', from, (row) => {
    const spread = (field: Fee) =>
      row.group(field, (pair) => {
        const min = pair.integer('0', { min: -100, max: 100 });
        return { min, max: pair.integer('1', { min, max: 100 }) };
      });
    return { coin: spread('coin'), gold: spread('gold') };
  });
}
