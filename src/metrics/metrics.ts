/**
 * The counters and gauges of one process, and what its handlers cost.
 *
 * Names follow the Prometheus conventions and start with `firefly_`; docs/metrics.md lists them. One `Metrics` a process, handed to whoever
 * counts.
 */
import { TurnClock } from './clock';
import { type Family, format, histogram, type Labels, type MetricType, type Sample } from './exposition';
import { HandlerCounts, type HandlerSlot, PeerCounts } from './handlers';

const DURATION = 'firefly_handler_duration_seconds';
const ROUND_TRIP = 'firefly_rpc_call_duration_seconds';

/** Something that only grows. */
export interface Count {
  inc(by?: number): void;
}

interface Collected {
  readonly help: string;
  readonly type: MetricType;
  /** By owner. */
  readonly sources: Map<string, () => Iterable<Sample>>;
}

class Counter implements Count {
  value = 0;

  inc(by = 1): void {
    this.value += by;
  }
}

export class Metrics {
  readonly clock = new TurnClock();
  readonly handlers = new HandlerCounts();
  readonly peers = new PeerCounts();
  readonly #node: string;
  readonly #families = new Map<string, Collected>();
  readonly #counters = new Map<string, Counter>();

  /** @param node put on every sample as the label `node`, unless it has one of its own */
  constructor(node: string) {
    this.#node = node;
    const slots = (samples: (slot: HandlerSlot, labels: Labels) => Sample[]) => () =>
      [...this.handlers].flatMap((slot) => samples(slot, { service: slot.service, handler: slot.name }));
    this.collect(ROUND_TRIP, 'Time from a call to its answer', 'histogram', () =>
      [...this.peers].flatMap(([peer, latency]) => histogram(ROUND_TRIP, { peer }, latency)),
    );
    this.collect(
      DURATION,
      'Time from the arrival of a call to its answer',
      'histogram',
      slots(({ latency }, labels) => histogram(DURATION, labels, latency)),
    );
    this.collect(
      'firefly_handler_failures_total',
      'Calls whose handler threw',
      'counter',
      slots(({ failures }, labels) => [{ labels, value: failures }]),
    );
  }

  /** Returns the counter of that name and those labels, made at the first call. `name` ends in `_total`. */
  counter(name: string, help: string, labels: Labels = {}): Count {
    const key = keyOf(labels);
    const made = this.#counters.get(`${name} ${key}`);
    if (made) return made;
    const counter = new Counter();
    this.#counters.set(`${name} ${key}`, counter);
    this.collect(name, help, 'counter', () => [{ labels, value: counter.value }], key);
    return counter;
  }

  /** Registers a value that is read when somebody scrapes. A second registration of a name with the same labels replaces the first. */
  gauge(name: string, help: string, read: () => number, labels: Labels = {}): void {
    this.collect(name, help, 'gauge', () => [{ labels, value: read() }], keyOf(labels));
  }

  /**
   * Registers a source of samples, read when somebody scrapes. A second one of the same name and owner replaces the first.
   *
   * @param owner tells the sources of one family apart
   */
  collect(name: string, help: string, type: MetricType, read: () => Iterable<Sample>, owner = ''): void {
    const family = this.#families.get(name) ?? { help, type, sources: new Map() };
    this.#families.set(name, family);
    family.sources.set(owner, read);
  }

  /** The value of a metric now, the sum of its samples; nothing when this process has none of that name. */
  read(name: string): number | undefined {
    const family = this.#families.get(name);
    return family && [...family.sources.values()].flatMap((read) => [...read()]).reduce((sum, { value }) => sum + value, 0);
  }

  /** All values, as plain data. */
  families(): Family[] {
    const node = { node: this.#node };
    return [...this.#families].map(([name, { help, type, sources }]) => ({
      name,
      help,
      type,
      values: [...sources.values()].flatMap((read) => [...read()]).map((sample) => ({ ...sample, labels: { ...node, ...sample.labels } })),
    }));
  }

  /** All values as Prometheus text. */
  text(): Promise<string> {
    return format(this.families());
  }
}

function keyOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
