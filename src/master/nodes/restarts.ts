/**
 * Whether and when an ended node comes back: OTP's restart policy, intensity and period, with back-off.
 *
 * OTP's supervisor that gives up hands the trouble on to the one above it. Above a node there is a person, who is told, and may sleep: what ails the node (a
 * database that is away, a full disk) may be over long before. So it goes on to be tried, seldom, unless the config says otherwise.
 */
import type { Supervise } from '../../config/config';

export class Restarts {
  /** Restarts so far. */
  count = 0;
  /** It ended more often in the period than the intensity allows, and has not been ready since. */
  gaveUp = false;
  readonly #policy: Supervise;
  #recent: number[] = [];
  #failures = 0;

  constructor(policy: Supervise) {
    this.#policy = policy;
  }

  /** A person mended the cause: exits so far count no more. */
  forget(): void {
    this.#recent = [];
    this.ready();
  }

  /** The node got ready: the next back-off starts small again, and it is not given up any more. */
  ready(): void {
    this.#failures = 0;
    this.gaveUp = false;
  }

  /**
   * Decides about an exit.
   *
   * @param normal the node ended by itself without an error
   * @param mayGiveUp false for what the cluster cannot live without
   * @param now milliseconds of a clock that nobody sets
   * @returns milliseconds until it is started again; undefined when it is not
   */
  next(normal: boolean, mayGiveUp: boolean, now = performance.now()): number | undefined {
    const { restart, intensity, periodMs, backoffMinMs, backoffMaxMs, onGiveUp } = this.#policy;
    if (restart === 'temporary' || (restart === 'transient' && normal)) return undefined;
    this.#recent = [...this.#recent.filter((at) => at > now - periodMs), now];
    const tooOften = this.gaveUp || this.#recent.length > intensity;
    if (tooOften && mayGiveUp) {
      this.gaveUp = true;
      if (onGiveUp !== 'report') return undefined;
    }
    this.count++;
    const delay = tooOften ? backoffMaxMs : Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#failures++);
    return Math.round(delay * (0.75 + Math.random() / 4));
  }
}
