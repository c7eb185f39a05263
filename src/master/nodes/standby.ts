/** The next process of a node, which loads its code while the one before it serves: a planned restart takes less time, and none begins with code that does not load. */
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeConfig } from '../../config/config';
import { MAX_TIMER_MS } from '../../config/timers';
import { describeEnding } from './exitreason';
import type { RunningProcess, SpawnedProcess } from './spawned';

export class Standby {
  readonly #node: NodeConfig;
  readonly #make: () => SpawnedProcess;
  #process: SpawnedProcess | undefined;

  constructor(node: NodeConfig, make: () => SpawnedProcess) {
    this.#node = node;
    this.#make = make;
  }

  /**
   * Has the process load its code, the game's too.
   *
   * @returns settled when it waits for its turn
   * @throws Error with its last words when it ends instead, or is not there within the node's `readyMs`
   */
  async prepare(): Promise<void> {
    const { name, supervise } = this.#node;
    this.#process ??= this.#make();
    this.#process.load();
    const { loaded, over, lastLines } = this.#process;
    const late = delay(Math.min(supervise.readyMs, MAX_TIMER_MS), 'late' as const, { ref: false });
    const end = await Promise.race([loaded.then(() => undefined), over, late]);
    if (!end) return;
    if (end === 'late') {
      const limit = `${supervise.readyMs} ms (supervise.readyMs)`;
      throw new Error(`the next process of ${name} has not loaded its code within ${limit}; nothing was changed`);
    }
    const said = lastLines.findLast((line) => /\bcannot start: |\bFATAL\b|^\w*Error\b/.test(line)) ?? lastLines.at(-1);
    const words = said && !end.lastWords ? `: ${said}` : '';
    throw new Error(`the next process of ${name} cannot load: it ${describeEnding(end)}${words}; nothing was changed`);
  }

  /** Its turn has come: the process that was prepared, or a new one. */
  take(): SpawnedProcess {
    const process = this.#process ?? this.#make();
    this.#process = undefined;
    return process;
  }

  /** Ends the process that was prepared, if there is one. */
  dismiss(): void {
    const process = this.#process;
    this.#process = undefined;
    process?.kill('SIGKILL');
  }

  /** A process has ended by itself. */
  ended(process: RunningProcess): void {
    if (process === this.#process) this.#process = undefined;
  }
}
