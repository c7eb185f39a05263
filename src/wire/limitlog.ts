/** Says which limits a link has come to: a line for each limit at each report, with how often, so that a flood of calls is no flood of lines. */
import type { Limits } from '../config/config';
import type { Logger } from '../log/log';

const TEXTS = {
  rpcInFlight: 'refused because too many wait for an answer',
  rpcQueuedBytes: 'refused because it does not take what is sent',
  rpcFrameBytes: 'not sent because they are too large',
  rpcDeadlineMs: 'without an answer in time',
} as const satisfies Partial<Record<keyof Limits, string>>;

export type LinkLimit = keyof typeof TEXTS;

export class LimitLog {
  readonly #log: Logger;
  readonly #peer: string;
  readonly #limits: Limits;
  readonly #reached = new Map<LinkLimit, number>();
  /** Calls that came to another deadline than the limit's. */
  #late: { count: number; least: number; most: number } | undefined;

  /** @param peer whose targets are called */
  constructor(log: Logger, peer: string, limits: Limits) {
    this.#log = log;
    this.#peer = peer;
    this.#limits = limits;
  }

  reached(limit: LinkLimit): void {
    this.#reached.set(limit, (this.#reached.get(limit) ?? 0) + 1);
  }

  /** A call had no answer in time. @param timeoutMs its deadline, which may be the caller's own, or what a wait has left of the limit */
  late(timeoutMs: number): void {
    if (Math.ceil(timeoutMs) === Math.ceil(this.#limits.rpcDeadlineMs)) {
      this.reached('rpcDeadlineMs');
      return;
    }
    const { count, least, most } = this.#late ?? { count: 0, least: timeoutMs, most: timeoutMs };
    this.#late = { count: count + 1, least: Math.min(least, timeoutMs), most: Math.max(most, timeoutMs) };
  }

  /** Writes what there is since the last time. */
  report(): void {
    for (const [limit, count] of this.#reached) {
      const value = this.#limits[limit];
      this.#log.warn(
        { peer: this.#peer, limit, value, count },
        `calls of ${this.#peer} ${TEXTS[limit]}: ${count} (limit ${limit} = ${value})`,
      );
    }
    this.#reached.clear();
    this.#reportLate();
  }

  #reportLate(): void {
    if (!this.#late) return;
    const { count, least, most } = this.#late;
    this.#late = undefined;
    const range = least === most ? `${Math.round(most)}` : `${Math.round(least)} to ${Math.round(most)}`;
    this.#log.warn(
      { peer: this.#peer, deadlineMs: most, count },
      `calls of ${this.#peer} ${TEXTS.rpcDeadlineMs}: ${count} (within ${range} ms, the deadline that each was given)`,
    );
  }
}
