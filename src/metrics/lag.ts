/** How late the event loop runs what is due: of the last 10 to 20 seconds, so that a scrape every 15 seconds misses no stall. */
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

/** How often it is measured; what is measured has this much in it. */
const RESOLUTION_MS = 20;
const NANOS_A_MS = 1_000_000;

/** In milliseconds. */
export interface LoopLag {
  readonly mean: number;
  readonly p99: number;
  readonly max: number;
}

export class EventLoopLag {
  readonly #delays: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #before: LoopLag | undefined;

  constructor() {
    this.#delays.enable();
  }

  /** The worse of this window and the one before; the mean is that of the one before. */
  get now(): LoopLag {
    const now = this.#read();
    const before = this.#before ?? now;
    return { mean: before.mean, p99: Math.max(before.p99, now.p99), max: Math.max(before.max, now.max) };
  }

  /** Begins a new window. */
  roll(): void {
    this.#before = this.#read();
    this.#delays.reset();
  }

  close(): void {
    this.#delays.disable();
  }

  #read(): LoopLag {
    const delays = this.#delays;
    if (delays.count === 0) return { mean: 0, p99: 0, max: 0 };
    return { mean: late(delays.mean), p99: late(delays.percentile(99)), max: late(delays.max) };
  }
}

function late(nanos: number): number {
  return Math.max(0, nanos / NANOS_A_MS - RESOLUTION_MS);
}
