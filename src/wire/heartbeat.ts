/**
 * Finds out that a peer is dead although its socket is open, and shows it that we are not.
 *
 * Silence is counted in ticks of a timer, not by the clock: a process that was itself stopped or stuck reads what has arrived meanwhile
 * before it calls its peers dead.
 */

export interface HeartbeatOptions {
  /** Ping when nothing was sent or nothing was heard for this long. */
  readonly heartbeatMs: number;
  /** The peer is dead when nothing was heard for this long. */
  readonly deadAfterMs: number;
  readonly ping: () => void;
  readonly dead: () => void;
  /** Runs at each tick, for what is due now and then. */
  readonly tick: () => void;
}

export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #quiet = 0;
  #silent = 0;

  constructor(options: HeartbeatOptions) {
    const tickMs = Math.max(1, Math.floor(Math.min(options.heartbeatMs, options.deadAfterMs / 2) / 2));
    this.#timer = setInterval(() => {
      options.tick();
      this.#quiet += tickMs;
      this.#silent += tickMs;
      if (this.#silent >= options.deadAfterMs) options.dead();
      else if (this.#quiet >= options.heartbeatMs || this.#silent >= options.heartbeatMs) options.ping();
    }, tickMs);
  }

  /** Bytes came from the peer. */
  heard(): void {
    this.#silent = 0;
  }

  /** Something was sent. */
  spoke(): void {
    this.#quiet = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
