/** The machine that a table was made on. A figure without it says nothing. */
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpus: number;
  readonly model: string;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Of 1, 5 and 15 minutes. */
  readonly load: readonly number[];
}

export function machine(): Machine {
  return {
    cpus: availableParallelism(),
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    load: loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

export function formatMachine({ cpus, model, memoryGiB, kernel, node, load }: Machine): string {
  return `${cpus} x ${model}, ${memoryGiB} GiB, Linux ${kernel}, Node ${node}, load average ${load.join(' ')}`;
}
