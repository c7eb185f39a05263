/** What a link counts. Plain numbers on the hot path; the metrics, and whoever asks for rates, get them now and then. */
import type { Metrics } from '../metrics/metrics';

const COUNTERS = {
  calls: ['firefly_rpc_calls_total', 'Calls and notifications sent'],
  failures: ['firefly_rpc_call_failures_total', 'Calls that ended with an error, whatever its cause'],
  served: ['firefly_rpc_served_total', 'Calls and notifications received and run'],
  refused: ['firefly_rpc_refused_total', 'Calls and notifications refused because a queue of a link was full'],
  oversize: ['firefly_rpc_oversize_total', 'Calls and notifications not sent because they are larger than a frame may be'],
  deadlines: ['firefly_rpc_deadlines_total', 'Calls that got no answer in time'],
  late: ['firefly_rpc_late_answers_total', 'Answers that came after the deadline of their call'],
  dead: ['firefly_rpc_dead_links_total', 'Links ended because the other side was silent'],
  malformed: ['firefly_rpc_malformed_links_total', 'Links ended because of bytes that are no frame, or of a frame that is too large'],
  overload: ['firefly_rpc_overloaded_links_total', 'Links ended because the other side does not read its replies'],
  sentBytes: ['firefly_rpc_sent_bytes_total', 'Bytes handed to the sockets of links'],
  receivedBytes: ['firefly_rpc_received_bytes_total', 'Bytes read from the sockets of links'],
} as const;

type Name = keyof typeof COUNTERS;
const NAMES = Object.keys(COUNTERS) as Name[];

/** Over how long a rate is taken, at least. */
const RATE_MS = 2_000;

export class LinkCounts implements Record<Name, number> {
  calls = 0;
  failures = 0;
  served = 0;
  refused = 0;
  oversize = 0;
  deadlines = 0;
  late = 0;
  dead = 0;
  malformed = 0;
  overload = 0;
  sentBytes = 0;
  receivedBytes = 0;
  /** Of the last seconds. */
  callsPerSecond = 0;
  servedPerSecond = 0;
  readonly #metrics: Metrics | undefined;
  readonly #labels: { readonly peer: string };
  readonly #published = new Map<Name, number>();
  #rated = { at: performance.now(), calls: 0, served: 0 };

  constructor(metrics: Metrics | undefined, peer: string) {
    this.#metrics = metrics;
    this.#labels = { peer: metrics?.peers.labelOf(peer) ?? peer };
    // A counter that begins at 0 when the link does shows the first error as a change.
    for (const [name, help] of Object.values(COUNTERS)) metrics?.counter(name, help, this.#labels);
  }

  /** Adds what was counted since the last time to the counters of the process. */
  publish(): void {
    this.#rate(performance.now());
    if (!this.#metrics) return;
    for (const name of NAMES) {
      const more = this[name] - (this.#published.get(name) ?? 0);
      if (more === 0) continue;
      this.#published.set(name, this[name]);
      const [metric, help] = COUNTERS[name];
      this.#metrics.counter(metric, help, this.#labels).inc(more);
    }
  }

  #rate(now: number): void {
    const { calls, served } = this;
    const ms = now - this.#rated.at;
    if (ms < RATE_MS) return;
    this.callsPerSecond = ((calls - this.#rated.calls) / ms) * 1_000;
    this.servedPerSecond = ((served - this.#rated.served) / ms) * 1_000;
    this.#rated = { at: now, calls, served };
  }
}
