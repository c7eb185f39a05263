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

/** How many processes this machine's kernel has killed for lack of memory; 0 where that cannot be told. */
export function outOfMemoryKills(): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
