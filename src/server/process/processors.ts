/** Keeps this process to the processors of its config's `cpu`, a bit mask, as Firefly does. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from '../../log/log';

/** The system's own program: Node has no word for it. */
const PROGRAM = 'taskset';
const DEADLINE_MS = 5_000;

/** Moves every thread that runs; threads that come later are born there. Where that cannot be, the log says why and the node runs anywhere. */
export async function keepToProcessors(mask: number, log: Logger): Promise<void> {
  try {
    await promisify(execFile)(PROGRAM, ['--all-tasks', '--pid', mask.toString(16), String(process.pid)], { timeout: DEADLINE_MS });
  } catch (error) {
    log.warn({ cpu: mask }, `"cpu": ${mask} has no effect, the node runs on any processor: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: unknown; stderr?: string; message: string };
  if (code === 'ENOENT') return `there is no ${PROGRAM} on this machine`;
  const last = stderr?.trim().split('\n').at(-1) || message;
  return /invalid argument/i.test(last) ? `none of these processors is there or allowed (${last})` : last;
}
