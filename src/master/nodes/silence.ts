/**
 * How long a node has been silent that should not be, in ticks of a timer: a master that was itself stopped, or a machine that slept, reads
 * what has arrived meanwhile before it calls anybody dead.
 */
const TICKS = 10;
/** A node that is stuck ends itself, and has said where it stood; only one that cannot is left to the master. */
const GRACE_MS = 3_000;

export class Silence {
  #timer: NodeJS.Timeout | undefined;

  /**
   * Begins to count, unless it does already.
   *
   * @param ms how long it may be silent
   * @param over runs when it was, again and again until `end`
   */
  begin(ms: number, over: () => void): void {
    if (this.#timer) return;
    const tickMs = Math.ceil((ms + GRACE_MS) / TICKS);
    let ticks = 0;
    this.#timer = setInterval(() => {
      if (++ticks < TICKS) return;
      ticks = 0;
      over();
    }, tickMs);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
