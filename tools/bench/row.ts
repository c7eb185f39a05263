/** What a row of the table is: a pair that is measured side by side, and what it is measured in. */
import type { Cluster } from '../../test/helpers/cluster';
import type { Workshop } from './workshop';

export interface Figure {
  readonly name: string;
  readonly unit: '/s' | 'ms' | 'us' | 'KiB' | 'MiB' | 's';
  /** Which way is better. */
  readonly better: 'more' | 'less';
  /** What the row is to reach: a ratio to the yardstick of the same run, a value of its own, or both. */
  readonly goal?: { readonly ratio?: number; readonly value?: number };
}

export interface Reading {
  /** One value for each figure of the row, in their order. */
  readonly values: readonly number[];
  /** Everything else that was measured, for the JSON file. */
  readonly detail?: unknown;
}

/** Both sides, started. Each measures once; a measurement with a wrong, lost or missing answer throws, which voids the row. */
export interface Pair {
  yardstick(): Promise<Reading>;
  firefly(): Promise<Reading>;
}

export interface Row {
  /** Chosen with `--rows`, alone or, by its letters, with its group: `c16`, or `c` for `c1` and `c16`. */
  readonly key: string;
  readonly title: string;
  /** What it is measured beside. */
  readonly beside: string;
  readonly figures: readonly Figure[];
  /** Has the cluster stand that is loaded, when it is one and what it does can be profiled. */
  readonly cluster?: (workshop: Workshop, env?: NodeJS.ProcessEnv) => Promise<Cluster>;
  /** Each reading has fresh processes, so that a pair before the first that counts warms nothing up. */
  readonly isFresh?: boolean;
  open(workshop: Workshop): Promise<Pair>;
}
