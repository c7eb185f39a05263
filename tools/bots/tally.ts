/** What all bots saw, command by command. */

import { type Column, table } from '../../src/management/table';
import { Latency, quantile } from '../../src/metrics/latency';

/** How a request ended. A rule's "no" is an answer like any other; `failed` is trouble that the game speaks of, `lost` is no answer at all. */
export type Outcome = 'done' | 'refused' | 'failed' | 'lost';

interface Line {
  /** Of a client, or what somebody else asks for by its name. */
  readonly command: number | string;
  readonly counts: Record<Outcome, number>;
  readonly latency: Latency;
}

const COLUMNS: readonly Column<Line>[] = [
  { title: 'command', cell: ({ command }) => String(command), isNumber: true },
  { title: 'requests', cell: ({ counts }) => String(sum(counts)), isNumber: true },
  { title: 'done', cell: ({ counts }) => String(counts.done), isNumber: true },
  { title: 'refused', cell: ({ counts }) => String(counts.refused), isNumber: true },
  { title: 'failed', cell: ({ counts }) => String(counts.failed), isNumber: true },
  { title: 'lost', cell: ({ counts }) => String(counts.lost), isNumber: true },
  { title: 'p50 ms', cell: ({ latency }) => within(latency, 0.5), isNumber: true },
  { title: 'p99 ms', cell: ({ latency }) => within(latency, 0.99), isNumber: true },
  { title: 'max ms', cell: ({ latency }) => (latency.max / 1_000).toFixed(0), isNumber: true },
];

export class Tally {
  /** Bots that are in the game. */
  inGame = 0;
  /** Connections that ended although the bot had not left. */
  broken = 0;
  /** The longest that a bot has been without a success. */
  longestWaitMs = 0;
  readonly #lines = new Map<number | string, Line>();
  readonly #reasons = new Map<string, number>();

  record(command: number | string, outcome: Outcome, ms: number): void {
    const line = this.#lines.get(command) ?? { command, counts: none(), latency: new Latency() };
    this.#lines.set(command, line);
    line.counts[outcome] += 1;
    if (outcome !== 'lost') line.latency.record(Math.round(ms * 1_000));
  }

  /** Why a request failed or was refused: what the answer says. */
  reason(command: number | string, message: string): void {
    const reason = `${command}: ${message}`;
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  /** How requests ended, by command. */
  get commands(): Readonly<Record<string, Readonly<Record<Outcome, number>>>> {
    return Object.fromEntries([...this.#lines].map(([command, { counts }]) => [command, counts]));
  }

  count(outcome?: Outcome): number {
    let count = 0;
    for (const { counts } of this.#lines.values()) count += outcome ? counts[outcome] : sum(counts);
    return count;
  }

  /** A line a command, and one for all. */
  table(): string[] {
    const lines = [...this.#lines.values()].sort(({ command: one }, { command: other }) =>
      typeof one === 'number' && typeof other === 'number' ? one - other : String(one) < String(other) ? -1 : 1,
    );
    const all: Line = { command: 'all', counts: none(), latency: new Latency() };
    for (const { counts, latency } of lines) {
      for (const outcome of Object.keys(counts) as Outcome[]) all.counts[outcome] += counts[outcome];
      for (const [bucket, count] of latency.counts.entries()) all.latency.counts[bucket] = (all.latency.counts[bucket] ?? 0) + count;
      all.latency.max = Math.max(all.latency.max, latency.max);
    }
    return table(COLUMNS, [...lines, all]);
  }

  /** The result: the table, and what answers that were no success said. */
  format(seconds: number): string {
    const reasons = [...this.#reasons].sort(([, one], [, other]) => other - one).map(([reason, count]) => `${count} x ${reason}`);
    const rate = (this.count() / seconds).toFixed(0);
    return [
      ...this.table(),
      '',
      `${rate} requests/s over ${seconds.toFixed(0)} s, ${this.broken} connections broken, ${(this.longestWaitMs / 1_000).toFixed(1)} s the longest that a bot waited for a success`,
      ...reasons,
    ].join('\n');
  }
}

/** Milliseconds that a share of the answers kept to. A bucket is wider than what is in it, so never above the slowest. */
function within({ counts, max }: Latency, share: number): string {
  return Math.min(quantile(counts, share), max / 1_000).toFixed(1);
}

function none(): Record<Outcome, number> {
  return { done: 0, refused: 0, failed: 0, lost: 0 };
}

function sum(counts: Readonly<Record<Outcome, number>>): number {
  return counts.done + counts.refused + counts.failed + counts.lost;
}
