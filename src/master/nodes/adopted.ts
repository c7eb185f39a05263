/**
 * A node's process that an earlier master started. It is nobody's child here: what it prints is lost, how it ended is not told, and that it
 * has ended is seen by looking.
 */
import { isRunning, type ProcessId } from '../../server/process/processid';
import type { ProcessEnd, RunningProcess } from './spawned';

const LOOK_MS = 250;

export class AdoptedProcess implements RunningProcess {
  readonly lastLines: readonly string[] = [];
  readonly #id: ProcessId;

  /** @param ended told once; at once when it is not there any more */
  constructor(id: ProcessId, ended: (process: RunningProcess, end: ProcessEnd) => void) {
    this.#id = id;
    const timer = setInterval(() => {
      if (isRunning(id)) return;
      clearInterval(timer);
      ended(this, { code: null, signal: null });
    }, LOOK_MS);
  }

  get pid(): number {
    return this.#id.pid;
  }

  kill(signal: NodeJS.Signals): void {
    // Its number may be somebody else's by now.
    if (!isRunning(this.#id)) return;
    try {
      process.kill(this.#id.pid, signal);
    } catch {
      // It has ended at this moment.
    }
  }
}
