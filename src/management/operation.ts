/** Long work of the master (drain, restart, start of a node): asked for, then followed until it has ended. */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, Exit, type MasterClient } from './masterclient';
import type { Terminal } from './terminal';

/** What `GET /operation` answers. */
export interface Operation {
  readonly id: number | string;
  readonly kind: string;
  readonly nodes: readonly string[];
  readonly state: 'running' | 'done' | 'failed';
  readonly ms: number;
  /** What it is doing, for a person. */
  readonly step: string;
  readonly done: number;
  readonly total: number;
  /** What it has done so far; only the last ones when there are many. */
  readonly lines: readonly string[];
  readonly error?: string;
}

type Asks = Pick<MasterClient, 'ask'>;

const POLL_MS = 250;

/**
 * Has the master do it, and shows how it goes on.
 *
 * @throws CommandFailed when the master refuses, when the work fails, or when the master is gone meanwhile
 */
export async function operate(
  master: Asks,
  path: string,
  query: Readonly<Record<string, string>>,
  { print, screen }: Pick<Terminal, 'print' | 'screen'>,
): Promise<void> {
  const { operation } = (await master.ask('POST', path, query)) as { operation: Operation };
  let shown: readonly string[] = [];
  let now: Operation = operation;
  for (;;) {
    for (const line of newLines(shown, now.lines)) print(line);
    shown = now.lines;
    if (now.state !== 'running') break;
    screen?.progress(`${now.step} (${now.done} of ${now.total}, ${Math.floor(now.ms / 1_000)} s)`);
    await delay(POLL_MS);
    now = await current(master, operation);
  }
  screen?.progress('');
  const what = `${now.kind} of ${now.nodes.join(', ')}`;
  if (now.state === 'failed') throw new CommandFailed(`the ${what} has failed: ${now.error ?? now.step}`, Exit.refused);
  print(`the ${what} is done, after ${(now.ms / 1_000).toFixed(1)} s`);
}

/** The lines that came since. The oldest may have been dropped meanwhile. */
export function newLines(before: readonly string[], after: readonly string[]): string[] {
  for (let dropped = 0; dropped <= before.length; dropped++) {
    const rest = before.slice(dropped);
    if (rest.every((line, at) => after[at] === line)) return after.slice(rest.length);
  }
  return [...after];
}

async function current(master: Asks, { id, kind, nodes }: Operation): Promise<Operation> {
  const now = (await askAgain(master, kind)) as Operation | null;
  if (now?.id === id) return now;
  throw new CommandFailed(
    `the master knows of no ${kind} of ${nodes.join(', ')} any more: it was started anew, or somebody asked for something else; firefly status shows how the nodes are`,
    Exit.refused,
  );
}

async function askAgain(master: Asks, kind: string): Promise<unknown> {
  try {
    return await master.ask('GET', '/operation');
  } catch (cause) {
    if (!(cause instanceof CommandFailed) || cause.exit !== Exit.unreachable) throw cause;
    throw new CommandFailed(
      `the master went away during the ${kind}; look into its log, and at firefly status when it is back`,
      Exit.unreachable,
      {
        cause,
      },
    );
  }
}
