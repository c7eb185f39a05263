/** Whether and when an ended node comes back: OTP's restart policy, intensity and period, with back-off. */
import type { Supervise } from '../../config/config';

export class Restarts {
  /** Restarts so far. */
  count = 0;
  /** More exits in the period than the intensity allows. */
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

  /** The node got ready: the next back-off starts small again. */
  ready(): void {
    this.#failures = 0;
    this.gaveUp = false;
  }

  /**
   * Decides about an exit.
   *
   * @param normal the node ended by itself without an error
   * @param mayGiveUp false for what the cluster cannot live without
   * @returns milliseconds until it is started again; undefined when it is not
   */
  next(normal: boolean, mayGiveUp: boolean, now = Date.now()): number | undefined {
    const { restart, intensity, periodMs, backoffMinMs, backoffMaxMs } = this.#policy;
    if (restart === 'temporary' || (restart === 'transient' && normal)) return undefined;
    this.#recent = [...this.#recent.filter((at) => at > now - periodMs), now];
    const tooOften = this.#recent.length > intensity;
    if (tooOften && mayGiveUp) {
      this.gaveUp = true;
      return undefined;
    }
    this.count++;
    const delay = tooOften ? backoffMaxMs : Math.min(backoffMaxMs, backoffMinMs * 2 ** this.#failures++);
    return Math.round(delay * (0.75 + Math.random() / 4));
  }
}
