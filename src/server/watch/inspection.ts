/** What an operator can look at in any process of the cluster, the master's too: how it does, its log, its handlers, profiles. */
import type { Level } from '../../log/level';
import type { Logger } from '../../log/log';
import type { LogError, LogRing } from '../../log/ring';
import type { HandlerReport } from '../../metrics/handlers';
import type { LoopLag } from '../../metrics/lag';
import type { Metrics } from '../../metrics/metrics';
import { ProcessMetrics } from '../../metrics/process';
import { type During, Profiles } from './profiles';

/** How often it looks whether a window of what is "of late" is over. */
const ROLL_MS = 1_000;
/** Windows of the event loop's lag. */
const LAG_WINDOW_MS = 10_000;

export interface InspectionOptions {
  readonly name: string;
  readonly log: Logger;
  readonly ring: LogRing;
  readonly metrics: Metrics;
  /** Where profiles are written. */
  readonly folder: string;
  /** Runs what makes the process stand still. */
  readonly during?: During;
}

export interface Vitals {
  readonly uptimeMs: number;
  readonly memoryRss: number;
  readonly heapUsed: number;
  readonly loopLagMs: LoopLag;
  /** Errors logged since the start. */
  readonly errors: number;
  /** Why the lines of the log do not get into its file; null when they do, or it has none. */
  readonly logTrouble: string | null;
}

export class Inspection {
  readonly ring: LogRing;
  readonly profiles: Profiles;
  readonly #log: Logger;
  readonly #metrics: Metrics;
  readonly #process: ProcessMetrics;
  readonly #timer: NodeJS.Timeout;
  #lagSince = performance.now();

  constructor({ name, log, ring, metrics, folder, during }: InspectionOptions) {
    this.ring = ring;
    this.profiles = new Profiles(folder, name, log, during);
    this.#log = log;
    this.#metrics = metrics;
    this.#process = new ProcessMetrics(metrics);
    metrics.collect('firefly_log_errors_total', 'Lines of level error and fatal in the log', 'counter', () => [
      { labels: {}, value: ring.errorCount },
    ]);
    metrics.gauge('firefly_log_unwritten_bytes', 'Log lines that standard output has not taken yet', () => process.stdout.writableLength);
    metrics.gauge('firefly_log_file_writable', 'Whether the lines of the log get into its file; 1 too where it has none', () =>
      Number(ring.fileTrouble() === undefined),
    );
    this.#timer = setInterval(() => this.#roll(performance.now()), ROLL_MS).unref();
  }

  vitals(): Vitals {
    const { rss, heapUsed } = process.memoryUsage();
    return {
      uptimeMs: Math.round(process.uptime() * 1_000),
      memoryRss: rss,
      heapUsed,
      loopLagMs: this.#process.lag.now,
      errors: this.ring.errorCount,
      logTrouble: this.ring.fileTrouble() ?? null,
    };
  }

  handlers(): HandlerReport[] {
    return this.#metrics.handlers.report();
  }

  errors(): LogError[] {
    return this.ring.recentErrors();
  }

  get logLevel(): string {
    return this.#log.level;
  }

  /** From the next line on, until the process ends. */
  setLogLevel(level: Level): void {
    const before = this.#log.level;
    this.#log.level = level;
    this.#log.warn({ event: 'log level', level, before }, `the log level is ${level} from here on; it was ${before}`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#process.close();
  }

  #roll(now: number): void {
    this.#metrics.handlers.roll(now);
    if (now - this.#lagSince < LAG_WINDOW_MS) return;
    this.#lagSince = now;
    this.#process.lag.roll();
  }
}
