/** Whether and when an ended node comes back: OTP's restart policy, intensity and period, with back-off. */
import type { Limits, Supervise } from '../config/config';

export class Restarts {
  /** Restarts so far. */
  count = 0;
  /** More exits in the period than the intensity allows. */
  gaveUp = false;
  readonly #policy: Supervise;
  readonly #limits: Pick<Limits, 'redialMinMs' | 'redialMaxMs'>;
  #recent: number[] = [];
  #failures = 0;

  constructor(policy: Supervise, limits: Pick<Limits, 'redialMinMs' | 'redialMaxMs'>) {
    this.#policy = policy;
    this.#limits = limits;
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
    const { restart, intensity, periodMs } = this.#policy;
    if (restart === 'temporary' || (restart === 'transient' && normal)) return undefined;
    this.#recent = [...this.#recent.filter((at) => at > now - periodMs), now];
    const tooOften = this.#recent.length > intensity;
    if (tooOften && mayGiveUp) {
      this.gaveUp = true;
      return undefined;
    }
    this.count++;
    const { redialMinMs, redialMaxMs } = this.#limits;
    const delay = tooOften ? redialMaxMs : Math.min(redialMaxMs, redialMinMs * 2 ** this.#failures++);
    return Math.round(delay * (0.75 + Math.random() / 4));
  }
}
