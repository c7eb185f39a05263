/**
 * Which process is meant. A number alone is somebody else's after a while, so the moment of its birth goes with it.
 *
 * Reads /proc; where there is none, a process has no birth that can be told and counts as not running.
 */
import { readFileSync } from 'node:fs';

export interface ProcessId {
  readonly pid: number;
  /** The boot of the machine and the tick of it in which the process began. No other process has both and the number. */
  readonly born?: string | undefined;
}

/** Index of the start time behind the name in /proc/PID/stat: the 22nd value, the name being the second. */
const START_TIME = 19;

/** This process. */
export function ownId(): ProcessId {
  return { pid: process.pid, born: bornOf(process.pid) };
}

/** @returns undefined when there is no such process, or nothing that tells */
export function bornOf(pid: number): string | undefined {
  const ticks = statOf(pid)?.[START_TIME];
  const boot = read('/proc/sys/kernel/random/boot_id')?.trim();
  return ticks === undefined || boot === undefined ? undefined : `${boot}:${ticks}`;
}

/** Whether that very process is there. One that ended and that nobody has asked for is not. */
export function isRunning({ pid, born }: ProcessId): boolean {
  const [state = 'X'] = statOf(pid) ?? [];
  return born !== undefined && state !== 'Z' && state !== 'X' && bornOf(pid) === born;
}

/** Whether a debugger of the system (gdb, strace) holds the process: it may stand still for as long as a person likes. */
export function isTraced(pid: number): boolean {
  return /^TracerPid:\s*[1-9]/m.test(read(`/proc/${pid}/status`) ?? '');
}

/** What stands behind the name, which is in brackets and may hold anything: the state first. */
function statOf(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
