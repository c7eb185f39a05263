/**
 * How often each handler of a node runs, how long it takes and how often it fails.
 *
 * Whoever dispatches keeps the slot of what it calls, so that a call costs it a few increments. Bounded: handlers beyond the bound share a
 * slot.
 */
import { Latency, quantile } from './latency';

const MAX_SLOTS = 2_000;
const REST = 'other';

/** How long what is "of late" lasts at least; at most twice as long. */
const WINDOW_MS = 10_000;

export class HandlerSlot {
  readonly latency = new Latency();
  failures = 0;
  /** As it was when the window began, and the one before. */
  #before = new Float64Array(this.latency.counts);
  #earlier = this.#before;

  constructor(
    readonly service: string,
    readonly name: string,
  ) {}

  /** Calls of late by bucket. */
  get recent(): Float64Array {
    return this.latency.counts.map((count, bucket) => count - (this.#earlier[bucket] ?? 0));
  }

  roll(): void {
    this.#earlier = this.#before;
    this.#before = new Float64Array(this.latency.counts);
  }
}

/** A handler as an operator sees it. Times are of the last 10 to 20 seconds; when nothing was called in them, since the start. */
export interface HandlerReport {
  readonly service: string;
  readonly name: string;
  readonly calls: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Since the start. */
  readonly maxMs: number;
}

const MAX_PEERS = 500;

/**
 * How long each peer takes to answer; the links to a peer that follow each other count on. Bounded, since a leaf that knows the secret may
 * say any name: peers beyond the bound are counted together.
 */
export class PeerCounts {
  readonly #latencies = new Map<string, Latency>();

  /** The name under which a peer is counted. */
  labelOf(peer: string): string {
    return this.#latencies.has(peer) || this.#latencies.size < MAX_PEERS ? peer : REST;
  }

  of(peer: string): Latency {
    const label = this.labelOf(peer);
    const latency = this.#latencies.get(label) ?? new Latency();
    this.#latencies.set(label, latency);
    return latency;
  }

  [Symbol.iterator](): IterableIterator<[peer: string, latency: Latency]> {
    return this.#latencies.entries();
  }
}

export class HandlerCounts {
  /** By service and name; two tables cost less than a key made of both. */
  readonly #services = new Map<string, Map<string | number, HandlerSlot>>();
  #size = 0;
  #since = performance.now();
  #earlier = this.#since;

  /** The slot of a handler, made at the first call. */
  slot(service: string, handler: string | number): HandlerSlot {
    return this.#services.get(service)?.get(handler) ?? this.#make(service, handler);
  }

  /** Those that were called at least once. */
  *[Symbol.iterator](): IterableIterator<HandlerSlot> {
    for (const slot of this.#all()) if (slot.latency.count > 0) yield slot;
  }

  /** To be called now and then: begins a new window when the last one is over. */
  roll(now = performance.now()): void {
    if (now - this.#since < WINDOW_MS) return;
    for (const slot of this.#all()) slot.roll();
    this.#earlier = this.#since;
    this.#since = now;
  }

  /** The busiest first. */
  report(now = performance.now()): HandlerReport[] {
    const seconds = Math.max(0.001, (now - this.#earlier) / 1_000);
    return [...this].map((slot) => reportOf(slot, seconds)).sort((a, b) => b.perSecond - a.perSecond || b.calls - a.calls);
  }

  *#all(): Iterable<HandlerSlot> {
    for (const slots of this.#services.values()) yield* slots.values();
  }

  #make(service: string, handler: string | number): HandlerSlot {
    if (this.#size >= MAX_SLOTS && handler !== REST) return this.slot(REST, REST);
    const slots = this.#services.get(service) ?? new Map<string | number, HandlerSlot>();
    const slot = new HandlerSlot(service, String(handler));
    this.#services.set(service, slots);
    slots.set(handler, slot);
    this.#size++;
    return slot;
  }
}

function reportOf({ service, name, failures, latency, recent }: HandlerSlot, seconds: number): HandlerReport {
  const calls = recent.reduce((sum, count) => sum + count, 0);
  const counts = calls > 0 ? recent : latency.counts;
  return {
    service,
    name,
    calls: latency.count,
    failures,
    perSecond: calls / seconds,
    p50Ms: quantile(counts, 0.5),
    p99Ms: Math.min(quantile(counts, 0.99), latency.max / 1_000),
    maxMs: latency.max / 1_000,
  };
}
