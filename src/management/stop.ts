/** `firefly stop`: what comes next in a script, such as the restore of a backup, must find no process of the cluster. */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, Exit, type MasterClient } from './masterclient';

const POLL_MS = 200;
/** Each tier of nodes has `supervise.shutdownMs` to itself. */
const STOP_MS = 300_000;

/** @throws CommandFailed when the cluster is still there after `STOP_MS` */
export async function stopAndWait(master: Pick<MasterClient, 'ask'>, print: (line: string) => void): Promise<void> {
  await master.ask('POST', '/stop');
  print('the cluster is stopping');
  for (const end = performance.now() + STOP_MS; performance.now() < end; await delay(POLL_MS)) {
    if (await isGone(master)) return print('the cluster has stopped');
  }
  throw new CommandFailed(`the cluster has not stopped in ${STOP_MS / 1_000} s; firefly status shows what is left`, Exit.refused);
}

async function isGone(master: Pick<MasterClient, 'ask'>): Promise<boolean> {
  try {
    await master.ask('GET', '/status');
    return false;
  } catch (error) {
    if (error instanceof CommandFailed && error.exit === Exit.unreachable) return true;
    throw error;
  }
}
