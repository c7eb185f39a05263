/** Processes of a test's own making, found by what only they have in their environment. Needs /proc; elsewhere it finds none. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { waitFor } from './wait';

/** Whether the process runs. One that ended and was not reaped yet does not. */
export function isAlive(pid: number): boolean {
  try {
    // The state follows the name, which is in brackets and may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^\) [ZX]/.test(stat.slice(stat.lastIndexOf(')')));
  } catch {
    return false;
  }
}

/** Ids of the running processes, this one left out, that have the variable with that value. */
export function processesWith(variable: string, value: string): number[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isAlive(pid) && environmentOf(pid).includes(`${variable}=${value}`));
}

/** Kills what `find` finds until it finds nothing. */
export async function killAll(find: () => readonly number[]): Promise<void> {
  const killed = () => {
    const found = find();
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended in the meantime.
      }
    }
    return found.length === 0;
  };
  await waitFor(killed, () => `end of processes ${find().join(', ')}`);
}

/** Empty for processes of others, or that just ended. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
