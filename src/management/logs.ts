/** `firefly logs`: the last lines of the nodes, and what comes, through the master; so it shows nodes of other hosts too. */
import { setTimeout as delay } from 'node:timers/promises';
import { CommandFailed, Exit, type MasterClient } from './masterclient';
import { askStatus } from './status';

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
  const { node, follow } = options;
  const next = new Map<string, number>();
  const newLines = async (lines: number): Promise<LogLine[]> => {
    const names = node === undefined ? await allNames(master) : [node];
    const read = async (name: string) => {
      const answer = await linesOf(master, name, { after: next.get(name), lines, mayBeAway: names.length > 1 || next.has(name) });
      if (answer) next.set(name, answer.next);
      return answer?.lines ?? [];
    };
    return inTime((await Promise.all(names.map(read))).flat());
  };
  for (const { text } of (await newLines(options.lines)).slice(-options.lines)) print(text);
  while (follow) {
    await delay(POLL_MS);
    for (const { text } of await newLines(BATCH)) print(text);
  }
}

/** Lines of one moment stay in their order. */
function inTime(lines: readonly LogLine[]): LogLine[] {
  return lines
    .map((line) => ({ line, at: new Date(line.time).getTime() }))
    .sort((one, other) => one.at - other.at)
    .map(({ line }) => line);
}

async function allNames(master: Asks): Promise<string[]> {
  const { nodes } = await askStatus(master);
  return ['master', ...Object.keys(nodes)];
}

interface Asked {
  /** Left out: the newest. */
  readonly after: number | undefined;
  readonly lines: number;
  readonly mayBeAway: boolean;
}

/** @returns undefined for a node that does not answer now, where that is no reason to end */
async function linesOf(master: Asks, node: string, { after, lines, mayBeAway }: Asked): Promise<LogAnswer | undefined> {
  try {
    const query = { node, lines: String(lines), ...(after === undefined ? {} : { after: String(after) }) };
    return (await master.ask('GET', '/log', query)) as LogAnswer;
  } catch (error) {
    if (mayBeAway && error instanceof CommandFailed && error.exit === Exit.refused) return undefined;
    throw error;
  }
}
