/** Families of metrics as Prometheus reads them. Plain data, so that nodes can hand theirs to the master. */
import type * as prometheus from 'prom-client';
import type { Latency } from './latency';

const Registry: typeof prometheus.Registry = require('prom-client/lib/registry');

export type MetricType = 'counter' | 'gauge' | 'histogram';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  /** When it is not the family's: `NAME_bucket` and the like. */
  readonly metricName?: string;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly values: readonly Sample[];
}

/** Bounds in microseconds: powers of four, from a quarter of a millisecond to 16 seconds. */
const BOUNDS = Array.from({ length: 9 }, (_, index) => 256 * 4 ** index);
const MICROS_A_SECOND = 1_000_000;

/** The samples of a histogram in seconds. */
export function histogram(name: string, labels: Labels, latency: Latency): Sample[] {
  const { count } = latency;
  const bucket = (le: string, value: number) => ({ metricName: `${name}_bucket`, labels: { ...labels, le }, value });
  return [
    ...BOUNDS.map((us) => bucket(String(us / MICROS_A_SECOND), latency.below(us))),
    bucket('+Inf', count),
    { metricName: `${name}_sum`, labels, value: latency.sum / MICROS_A_SECOND },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** One family a name: what several nodes have of it, under the help of the first. What one calls a gauge and another a counter is left out. */
export function merge(sets: readonly (readonly Family[])[]): Family[] {
  const merged = new Map<string, Omit<Family, 'values'> & { readonly values: Map<string, Sample> }>();
  for (const { name, help, type, values } of sets.flat()) {
    const family = merged.get(name) ?? { name, help, type, values: new Map() };
    merged.set(name, family);
    // A sample that comes twice would make the whole scrape worthless.
    if (family.type === type) for (const value of values) family.values.set(keyOf(value), value);
  }
  return [...merged.values()]
    .map((family) => ({ ...family, values: [...family.values.values()] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function keyOf({ metricName = '', labels }: Sample): string {
  return JSON.stringify([metricName, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The text format, version 0.0.4. */
export function format(families: readonly Family[]): Promise<string> {
  const registry = new Registry();
  // A metric is to it whatever has a name and tells its values; its types know only its own classes.
  for (const family of families) if (family.values.length > 0) registry.registerMetric({ ...family, get: async () => family } as never);
  return registry.metrics();
}

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
