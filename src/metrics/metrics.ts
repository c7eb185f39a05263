/**
 * The counters and gauges of one process, as Prometheus text.
 *
 * Names follow the Prometheus conventions and start with `firefly_`. One `Metrics` a process, handed to whoever counts.
 */
import type * as prometheus from 'prom-client';

// One by one: the package's main module also loads http and cluster, for parts that nobody uses here.
const Counter: typeof prometheus.Counter = require('prom-client/lib/counter');
const Gauge: typeof prometheus.Gauge = require('prom-client/lib/gauge');
const Registry: typeof prometheus.Registry = require('prom-client/lib/registry');

/** Something that only grows. */
export interface Count {
  inc(by?: number): void;
}

export class Metrics {
  readonly #registry = new Registry();

  /** @param node put on every sample as the label `node` */
  constructor(node: string) {
    this.#registry.setDefaultLabels({ node });
  }

  /** Returns the counter of that name, made at the first call. `name` ends in `_total`. */
  counter(name: string, help: string): Count {
    return (
      (this.#registry.getSingleMetric(name) as prometheus.Counter | undefined) ?? new Counter({ name, help, registers: [this.#registry] })
    );
  }

  /** Registers a value that is read when somebody scrapes. A second registration of a name replaces the first. */
  gauge(name: string, help: string, read: () => number): void {
    this.#registry.removeSingleMetric(name);
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** All values as Prometheus text. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}
