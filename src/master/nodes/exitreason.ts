/** How a process ended, in words for a person at night. Its own last words tell more than a number. */
import { readFileSync } from 'node:fs';

const MOST_WORDS = 400;

/** What is known about an end. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why the master killed it, when it did. */
  readonly killedFor?: string | undefined;
  /** It was told to stop. */
  readonly wasStopped?: boolean;
  /** What it said as its reason. */
  readonly lastWords?: string | undefined;
  /** The kernel has killed for lack of memory meanwhile. */
  readonly outOfMemory?: boolean;
}

/** `was killed by SIGKILL: the event loop stood still …` */
export function describeEnding({ code, signal, killedFor, wasStopped, lastWords, outOfMemory }: Ending): string {
  if (killedFor) return `was killed: ${killedFor}`;
  if (wasStopped && signal === null && !code) return 'stopped';
  const how = howItEnded(code, signal);
  if (lastWords && code !== 0) return `${how}: ${lastWords}`;
  return signal === 'SIGKILL' && outOfMemory
    ? `${how}, by the kernel for lack of memory as it seems (dmesg tells for certain; give it more, or look for what grows)`
    : how;
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `was killed by ${signal}`;
  if (code === null) return 'could not be started';
  return code === 0 ? 'ended by itself' : `failed with exit code ${code}`;
}

/** @returns the reason that a line gives for the end of its process: a log line of level fatal, or V8's last one */
export function lastWordsIn(line: string): string | undefined {
  if (/^FATAL ERROR: /.test(line)) return line.slice('FATAL ERROR: '.length, MOST_WORDS);
  if (!line.startsWith('{') || !line.includes('"fatal"')) return undefined;
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    return level === 'fatal' && typeof msg === 'string' ? msg.slice(0, MOST_WORDS) : undefined;
  } catch {
    return undefined;
  }
}

/** An error as the runtime prints it when nobody catches it, before the log is open; its name and code may say more than its message. */
const THROWN = /^(?:Uncaught )?\w*Error(?: \[\w+\])?: ./;

/** Listens to what a process prints, for the reason it may end with. */
export class LastWords {
  #said: string | undefined;
  #thrown: string | undefined;

  hear(line: string): void {
    this.#said = lastWordsIn(line) ?? this.#said;
    // A process that goes on to log has survived what it printed.
    if (line.startsWith('{"')) this.#thrown = undefined;
    else if (THROWN.test(line)) this.#thrown = line.slice(0, MOST_WORDS);
  }

  /** @param code the process ended with; what it printed is no reason when somebody else ended it */
  of(code: number | null): string | undefined {
    return this.#said ?? (code ? this.#thrown : undefined);
  }
}

/** How many processes this machine's kernel has killed for lack of memory; 0 where that cannot be told. */
export function outOfMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
