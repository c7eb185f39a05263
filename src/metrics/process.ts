/** What a process costs: memory, processor, garbage collection, and how late its event loop is. */
import { constants, performance as node, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import { EventLoopLag } from './lag';
import type { Metrics } from './metrics';

/** What its types leave out. */
type PerformanceNodeEntry = PerformanceEntry & { readonly detail?: { readonly kind?: number } };

const GC_KINDS: ReadonlyMap<unknown, string> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak callbacks'],
]);

export class ProcessMetrics {
  readonly lag = new EventLoopLag();
  readonly #observer: PerformanceObserver;

  constructor(metrics: Metrics) {
    memory(metrics);
    processor(metrics);
    const { lag } = this;
    for (const which of ['mean', 'p99', 'max'] as const)
      metrics.gauge(
        `firefly_eventloop_lag_${which}_seconds`,
        'How late the event loop runs what is due, of the last 10 to 20 seconds',
        () => lag.now[which] / 1_000,
      );
    this.#observer = garbage(metrics);
  }

  close(): void {
    this.lag.close();
    this.#observer.disconnect();
  }
}

function memory(metrics: Metrics): void {
  metrics.gauge('firefly_process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss());
  metrics.gauge('firefly_process_heap_used_bytes', 'Heap that objects take', () => process.memoryUsage().heapUsed);
  metrics.gauge('firefly_process_heap_limit_bytes', 'Heap at which the process dies', () => getHeapStatistics().heap_size_limit);
  metrics.gauge('firefly_process_external_memory_bytes', 'Memory of buffers outside the heap', () => process.memoryUsage().external);
}

function processor(metrics: Metrics): void {
  const started = Date.now() / 1_000 - process.uptime();
  metrics.gauge('firefly_process_start_time_seconds', 'When the process began, in Unix time', () => started);
  metrics.collect('firefly_process_cpu_seconds_total', 'Processor time', 'counter', () => {
    const { user, system } = process.cpuUsage();
    return [
      { labels: { mode: 'user' }, value: user / 1_000_000 },
      { labels: { mode: 'system' }, value: system / 1_000_000 },
    ];
  });
  metrics.collect('firefly_eventloop_busy_seconds_total', 'Time in which the event loop did not wait', 'counter', () => [
    { labels: {}, value: node.eventLoopUtilization().active / 1_000 },
  ]);
}

function garbage(metrics: Metrics): PerformanceObserver {
  const of = (kind: string) => ({
    runs: metrics.counter('firefly_gc_runs_total', 'Garbage collections', { kind }),
    seconds: metrics.counter('firefly_gc_seconds_total', 'Time that garbage collections held the process up', { kind }),
  });
  const counts = new Map([...GC_KINDS].map(([number, kind]) => [number, of(kind)]));
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { duration, detail } = entry as PerformanceNodeEntry;
      const count = counts.get(detail?.kind);
      count?.runs.inc();
      count?.seconds.inc(duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return observer;
}
