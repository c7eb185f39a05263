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

  /** @param peer whose targets are called */
  constructor(log: Logger, peer: string, limits: Limits) {
    this.#log = log;
    this.#peer = peer;
    this.#limits = limits;
  }

  reached(limit: LinkLimit): void {
    this.#reached.set(limit, (this.#reached.get(limit) ?? 0) + 1);
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
  }
}
