/** What processes cost: processor time, which hardly changes when others use the machine too, and calls of the kernel. Linux only. */
import { readFileSync } from 'node:fs';

/** USER_HZ, the unit of /proc: 100 on every Linux that Node runs on. */
const TICK_US = 10_000;

/** How often a process has written, to sockets and files, since its start. */
export function writeCalls(pid: number): number {
  const count = /^syscw: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1];
  return Number(count ?? Number.NaN);
}

/** User and system time of a process since its start, all its threads, in microseconds. */
export function processTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name is in brackets and may hold anything; behind it the state is field 3, and the times are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
