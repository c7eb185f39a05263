/** Which functions a CPU profile spent its time in, each without what it called. */
import type { Profiler } from 'node:inspector';
import { basename } from 'node:path';

export interface SelfTime {
  /** Function, file and line. */
  readonly where: string;
  /** Of the time that was not idle. */
  readonly share: number;
}

export interface Spent {
  readonly functions: readonly SelfTime[];
  /** Of the whole time: how busy the process was. */
  readonly busy: number;
}

/** @returns most expensive first */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Spent {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  samples.forEach((id, at) => {
    const name = names.get(id) ?? '(unknown)';
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0));
  });
  // The profiler itself, while it starts and stops: the only code without a file that has this name.
  times.delete('dispatch');
  const whole = [...times.values()].reduce((sum, time) => sum + time, 0);
  const busy = whole - (times.get('(idle)') ?? 0);
  times.delete('(idle)');
  const functions = [...times].map(([where, time]) => ({ where, share: time / busy })).sort((a, b) => b.share - a.share);
  return { functions, busy: busy / whole };
}

function nameOf({ functionName, url, lineNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName || '(native)';
  const file = url.startsWith('node:') ? url : basename(url);
  return `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}
