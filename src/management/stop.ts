/** `firefly stop`: what comes next in a script, such as the restore of a backup, must find no process of the cluster. */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, Exit, isGone, type MasterClient } from './masterclient';
import { askStatus, type NodeStatus, type StatusAnswer } from './status';
import type { Terminal } from './terminal';

const POLL_MS = 200;
/** Each tier of nodes has `supervise.shutdownMs` to itself. */
const STOP_MS = 300_000;
/** The master has more to do than to answer. */
const BUSY_MS = 60_000;

type Asks = Pick<MasterClient, 'ask'>;

/** Says which node has stopped when. @throws CommandFailed when the cluster is still there after `STOP_MS` */
export async function stopAndWait(master: Asks, { print, screen }: Pick<Terminal, 'print' | 'screen'>): Promise<void> {
  await master.ask('POST', '/stop');
  print('the cluster is stopping');
  const told = new Set<string>();
  for (const end = performance.now() + STOP_MS; performance.now() < end; await delay(POLL_MS)) {
    const status = await statusUnlessGone(master);
    if (!status) {
      screen?.progress('');
      return print('the cluster has stopped');
    }
    const nodes = Object.entries(status.nodes);
    for (const name of endedIn(nodes)) {
      if (told.has(name)) continue;
      told.add(name);
      print(`${name} has stopped`);
    }
    const left = nodes.filter(([name]) => !told.has(name)).map(([name, { state }]) => `${name} (${state})`);
    screen?.progress(`waiting for ${left.join(', ') || 'the master'}`);
  }
  screen?.progress('');
  throw new CommandFailed(`the cluster has not stopped in ${STOP_MS / 1_000} s; firefly status shows what is left`, Exit.refused);
}

/** Names of the nodes that have ended, in the order in which they did. */
function endedIn(nodes: readonly (readonly [string, NodeStatus])[]): string[] {
  return nodes
    .filter(([, { state }]) => state === 'exited')
    .map(([name, { exits }]) => ({ name, at: exits.at(-1)?.at ?? '' }))
    .sort((one, other) => one.at.localeCompare(other.at))
    .map(({ name }) => name);
}

/** Of a master that starts or stops and may be busy with it. @returns undefined when none is there */
export async function statusUnlessGone(master: Asks): Promise<StatusAnswer | undefined> {
  try {
    return await askStatus(master, BUSY_MS);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}
