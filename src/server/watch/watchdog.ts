/**
 * Watches this process's own event loop: one that stands still longer than the limit `hangMs` ends the process, with the place where it stood.
 *
 * A thread of its own looks (watchdogthread.ts), since the main thread cannot. What a node does on purpose is excused, and so is one that an
 * inspector is attached to. The master is told, because it sees a silent node from outside.
 */
import { url as inspectorUrl } from 'node:inspector';
import { join } from 'node:path';
import { isatty } from 'node:tty';
import { Worker } from 'node:worker_threads';
import type { Logger } from '../../log/log';
import { BEAT, EXCUSED, type WatchdogData } from './watchdogthread';

export interface WatchdogOptions {
  readonly node: string;
  /** 0 is off. */
  readonly hangMs: number;
  /** The node's log file, for last words. */
  readonly file?: string | undefined;
  readonly log: Logger;
  /** Tells the master why silence is no hang from here on; with the empty text that it is one again. */
  readonly tell: (excuse: string) => Promise<void>;
}

const TICKS = 10;
const MOST_TICK_MS = 1_000;
const INSPECTED = 'an inspector is attached';

export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  readonly #reasons = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /** Why this node may stand still; empty when it may not. */
  get excuse(): string {
    return [...this.#reasons].join(' and ');
  }

  /** Watches from here on, until the process ends. */
  start(): void {
    const { hangMs, node, file, log } = this.#options;
    if (hangMs === 0 || this.#timer) return;
    const tickMs = Math.max(1, Math.min(MOST_TICK_MS, Math.floor(hangMs / TICKS)));
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), tickMs).unref();
    const text = process.env.FIREFLY_LOG !== 'json' && isatty(2);
    const workerData: WatchdogData = { shared: this.#shared, hangMs, tickMs, node, file, text };
    // Flags such as --inspect, and what NODE_OPTIONS loads, are for the main thread.
    const thread = new Worker(join(__dirname, 'watchdogthread.js'), { workerData, execArgv: [], env: {} });
    thread.on('error', (error) => log.warn({ error }, 'the watchdog has ended; a hang of this node is only seen by the master'));
    thread.unref();
  }

  /**
   * Runs what stops the event loop on purpose, such as a heap snapshot.
   *
   * @param what for people: it is the reason given
   */
  async during<T>(what: string, work: () => T | Promise<T>): Promise<T> {
    await this.#excuse(what, true);
    try {
      return await work();
    } finally {
      await this.#excuse(what, false);
    }
  }

  #beat(): void {
    Atomics.add(this.#shared, BEAT, 1);
    const isInspected = inspectorUrl() !== undefined;
    if (isInspected !== this.#reasons.has(INSPECTED)) void this.#excuse(INSPECTED, isInspected);
  }

  async #excuse(reason: string, holds: boolean): Promise<void> {
    if (holds) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    Atomics.store(this.#shared, EXCUSED, this.#reasons.size);
    await this.#options.tell(this.excuse);
  }
}
