/**
 * What the rows share: the load programs, the two sides under measurement, and the end of all that was started.
 *
 * Each side holds one thing at a time. A row that needs another thing has the old one ended first, so that nothing idle runs beside a
 * measurement but the other side.
 */
import type { ChildProcess } from 'node:child_process';
import { type Cluster, startCluster } from '../../test/helpers/cluster';
import { NativePrograms, runProgram } from './native';

export interface WorkshopOptions {
  /** How long one measurement takes. */
  readonly seconds: number;
}

export type Side = 'yardstick' | 'firefly';

/** One line of the load program. Times in microseconds. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly slowest: number;
  readonly answered: number;
}

interface Holding {
  readonly key: string;
  readonly thing: Promise<AsyncDisposable>;
}

export class Workshop implements AsyncDisposable {
  readonly seconds: number;
  readonly programs: NativePrograms;
  readonly #sides = new Map<Side, Holding>();
  readonly #running = new Set<ChildProcess>();
  #isClosed = false;

  private constructor({ seconds }: WorkshopOptions, programs: NativePrograms) {
    this.seconds = seconds;
    this.programs = programs;
  }

  static async open(options: WorkshopOptions): Promise<Workshop> {
    return new Workshop(options, await NativePrograms.compile());
  }

  /**
   * Has a thing stand on a side, started unless it stands there already.
   *
   * @param key names what `start` starts
   */
  async hold<T extends AsyncDisposable>(side: Side, key: string, start: () => Promise<T>): Promise<T> {
    const held = this.#sides.get(side);
    if (held?.key === key) return held.thing as Promise<T>;
    await this.release(side);
    if (this.#isClosed) throw new Error('the benchmark is being ended');
    const thing = start();
    this.#sides.set(side, { key, thing });
    return thing;
  }

  /** Ends what stands on a side. */
  async release(side: Side): Promise<void> {
    const held = this.#sides.get(side);
    this.#sides.delete(side);
    const thing = await held?.thing.catch(() => undefined);
    await thing?.[Symbol.asyncDispose]();
  }

  /** A cluster of `test/fixtures/bench` on the side of firefly. */
  cluster(config: string, env: NodeJS.ProcessEnv = {}): Promise<Cluster> {
    return this.hold('firefly', config, () => startCluster(`test/fixtures/bench/${config}`, { env }));
  }

  /** Runs the load program. @param begun called when everybody is connected and the load begins. @throws Error when an answer was wrong, was missing, or a connection was lost */
  async load(port: number, options: readonly (string | number)[], begun: () => void = () => {}): Promise<LoadResult> {
    const args = ['-p', port, '-t', this.seconds, '-w', Math.min(1, this.seconds / 2), ...options].map(String);
    let child: ChildProcess | undefined;
    try {
      const output = await runProgram(this.programs.loadgen, args, (started) => {
        child = started;
        this.#running.add(started);
        started.stdout?.once('data', begun);
      });
      return JSON.parse(output.trim().split('\n').at(-1) ?? '') as LoadResult;
    } finally {
      if (child) this.#running.delete(child);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.allSettled([this.release('yardstick'), this.release('firefly')]);
    await this.programs[Symbol.asyncDispose]();
  }
}
