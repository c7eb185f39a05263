/** What processes cost of the processors. Unlike a rate it hardly changes when others use the machine too. Linux only. */
import { readFileSync } from 'node:fs';

/** USER_HZ, the unit of /proc: 100 on every Linux that Node runs on. */
const TICK_US = 10_000;

/** User and system time of a process since its start, all its threads, in microseconds. */
export function processTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name is in brackets and may hold anything; behind it the state is field 3, and the times are 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}
