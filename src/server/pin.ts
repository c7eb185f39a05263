/** Keeps this process to the processors of its config's `cpu`, a bit mask, as Firefly does. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Asks the system's `taskset` to move every thread that runs; threads that come later are born there.
 *
 * @returns undefined when it is done, else why it could not be, for a person
 */
export async function pinProcessors(mask: number, program = 'taskset'): Promise<string | undefined> {
  try {
    await promisify(execFile)(program, ['--all-tasks', '--pid', mask.toString(16), String(process.pid)], { timeout: 5_000 });
    return undefined;
  } catch (error) {
    const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
    if (code === 'ENOENT') return `there is no ${program} on this machine`;
    const last = stderr?.trim().split('\n').at(-1) || message;
    return /invalid argument/i.test(last) ? `none of these processors is there or allowed (${last})` : last;
  }
}
