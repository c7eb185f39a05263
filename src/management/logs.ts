/** `firefly logs`: the last lines of the nodes, and what comes, through the master; so it shows nodes of other hosts too. */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, Exit, type MasterClient } from './masterclient';
import type { StatusAnswer } from './status';

interface LogLine {
  readonly seq: number;
  readonly time: string | number;
  readonly level: string;
  readonly message: string;
  /** The line as a person reads it. */
  readonly text: string;
}

interface LogAnswer {
  readonly lines: readonly LogLine[];
  /** What to ask for next. */
  readonly next: number;
}

export interface LogOptions {
  /** One node, or `master`; all of them when left out. */
  readonly node: string | undefined;
  readonly lines: number;
  readonly follow: boolean;
}

type Asks = Pick<MasterClient, 'ask'>;

const POLL_MS = 500;
/** Lines that are asked for at once while following. */
const BATCH = 1_000;

/** Prints the lines in the order of their time. With `follow` it goes on until the process is ended, over restarts of the nodes too. */
export async function showLogs(master: Asks, options: LogOptions, print: (line: string) => void): Promise<void> {
  const { follow } = options;
  const after = new Map<string, number>();
  for (let lines = options.lines; ; lines = BATCH) {
    const names = options.node === undefined ? await allNames(master) : [options.node];
    const answers = await Promise.all(
      names.map((name) => linesOf(master, name, { after: after.get(name) ?? 0, lines, isOne: names.length === 1 })),
    );
    const came: LogLine[] = [];
    for (const [at, answer] of answers.entries()) {
      const name = names[at] ?? '';
      // A node that was started anew counts from the beginning.
      if (answer) after.set(name, answer.next < (after.get(name) ?? 0) ? 0 : answer.next);
      came.push(...(answer?.lines ?? []));
    }
    const sorted = came.map((line) => ({ line, at: new Date(line.time).getTime() })).sort((one, other) => one.at - other.at);
    for (const { line } of follow || options.node !== undefined ? sorted : sorted.slice(-options.lines)) print(line.text);
    if (!follow) return;
    await delay(POLL_MS);
  }
}

async function allNames(master: Asks): Promise<string[]> {
  const { nodes } = (await master.ask('GET', '/status')) as StatusAnswer;
  return ['master', ...Object.keys(nodes)];
}

/** @returns undefined for a node that does not answer, when it is not the only one that was asked for */
async function linesOf(
  master: Asks,
  node: string,
  { after, lines, isOne }: { after: number; lines: number; isOne: boolean },
): Promise<LogAnswer | undefined> {
  try {
    return (await master.ask('GET', '/log', { node, after: String(after), lines: String(lines) })) as LogAnswer;
  } catch (error) {
    if (!isOne && error instanceof CommandFailed && error.exit === Exit.refused) return undefined;
    throw error;
  }
}
