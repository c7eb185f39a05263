/**
 * `firefly logs`: the last lines of the nodes, and what comes, through the master; so it shows nodes of other hosts too.
 *
 * A node keeps its lines itself, so they go with its process: the last ones of a process that has ended are the master's to tell.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ageOf, describe, isNews, type NodeEnd } from './ends';
import { CommandFailed, Exit, LOOK_MS, type MasterClient } from './masterclient';
import { askStatus } from './status';
import { duration } from './units';

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
  /** How the process before ended; not told to who has read on in this one. */
  readonly lastEnd?: NodeEnd | null;
}

/** In place of an answer. */
interface Away {
  readonly why: string;
  readonly lastEnd?: NodeEnd | null | undefined;
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
/** Printed lines that are remembered of each node, so that the last ones of its process are not told twice. */
const REMEMBERED = 100;

/** Prints the lines in the order of their time. With `follow` it goes on until the process is ended, over restarts of the nodes too. */
export async function showLogs(master: Asks, { node, lines, follow }: LogOptions, print: (line: string) => void): Promise<void> {
  const names = node === undefined ? await allNames(master) : [node];
  const readers = names.map((name) => new NodeLog(master, name, names.length === 1));
  const show = async (count: number, most: number) => {
    const found = await Promise.all(readers.map((reader) => reader.read(count)));
    for (const text of found.flatMap(({ before }) => before)) print(text);
    for (const { text } of inTime(found.flatMap((one) => one.lines)).slice(-most)) print(text);
    for (const text of found.flatMap(({ after }) => after)) print(text);
  };
  await show(lines, lines);
  while (follow) {
    await delay(POLL_MS);
    await show(BATCH, BATCH * names.length);
  }
}

interface Found {
  /** How a process ended, with its last lines. */
  readonly before: readonly string[];
  readonly lines: readonly LogLine[];
  /** Why there are no lines. */
  readonly after: readonly string[];
}

/** What was read of one node. */
class NodeLog {
  /** What to ask for next; undefined before the first lines. */
  #next: number | undefined;
  /** When the newest end that is known was; undefined before anything is. */
  #endedAt: string | undefined;
  #isFirst = true;
  #isAway = false;
  readonly #told: string[] = [];

  constructor(
    readonly master: Asks,
    readonly name: string,
    /** It is the one that was asked for. */
    readonly isWanted: boolean,
  ) {}

  /** @throws CommandFailed when the node that was asked for has nothing to show, now or of before */
  async read(count: number): Promise<Found> {
    const answer = await this.#ask(count);
    const end = this.#newEnd(answer);
    this.#isFirst = false;
    const block = end ? this.#block(end, count) : [];
    const wasAway = this.#isAway;
    this.#isAway = 'why' in answer;
    if ('why' in answer) return { before: block, lines: [], after: wasAway ? [] : [mark(answer.why)] };
    this.#next = answer.next;
    this.#told.push(...answer.lines.map(({ text }) => text));
    this.#told.splice(0, this.#told.length - REMEMBERED);
    const head = end ? [mark(`${this.name}, the process that runs now:`)] : wasAway ? [mark(`${this.name} answers again`)] : [];
    return { before: [...block, ...head], lines: answer.lines, after: [] };
  }

  /** The end that is to be told: of those before the command, that of the one node that was asked for, and only where it belongs to what is shown. */
  #newEnd(answer: LogAnswer | Away): NodeEnd | undefined {
    const { lastEnd } = answer;
    if (!lastEnd || lastEnd.at === this.#endedAt) return undefined;
    this.#endedAt = lastEnd.at;
    if (!this.#isFirst) return lastEnd;
    const isNear = 'why' in answer || answer.lines[0]?.seq === 1 || isNews(lastEnd, Date.now());
    return this.isWanted && isNear ? lastEnd : undefined;
  }

  #block(end: NodeEnd, count: number): string[] {
    const lines = end.lastLines.slice(-count).filter((line) => !this.#told.includes(line));
    const ago = ageOf(end, Date.now());
    const when = Number.isFinite(ago) ? `, ${duration(ago)} ago` : '';
    const said = lines.length > 0 ? 'the last that it said:' : 'no more is known of what it said';
    return [mark(`${this.name}, ${describe(end)}${when}; ${said}`), ...lines];
  }

  /** @returns why a node has not answered, where that is no reason to end */
  async #ask(count: number): Promise<LogAnswer | Away> {
    try {
      const query = { node: this.name, lines: String(count), ...(this.#next === undefined ? {} : { after: String(this.#next) }) };
      return (await this.master.ask('GET', '/log', query, LOOK_MS)) as LogAnswer;
    } catch (error) {
      if (!(error instanceof CommandFailed) || error.exit !== Exit.refused) throw error;
      const { lastEnd } = (error.answer ?? {}) as { lastEnd?: NodeEnd | null };
      if (this.isWanted && this.#isFirst && !lastEnd) throw error;
      return { why: error.message, lastEnd };
    }
  }
}

/** A line of the command's own among those of the log. */
function mark(text: string): string {
  return `--- ${text}`;
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
