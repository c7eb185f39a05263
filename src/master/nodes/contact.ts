/** Whether a node is heard: its link to the master, since when it is silent, and why that may be no hang. */
import type { Limits } from '../../config/config';
import { Silence } from './silence';

export class Contact {
  readonly #limits: Limits;
  readonly #silence = new Silence();
  #isLinked = false;
  /** Why its silence is no hang, as it says itself. */
  #excuse = '';
  /** When it was heard last, while its process runs without a link. */
  #heardAt: number | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get isLinked(): boolean {
    return this.#isLinked;
  }

  /** How long it has not answered though its process runs; undefined while it does. */
  get silentMs(): number | undefined {
    return this.#heardAt === undefined ? undefined : Math.max(0, Math.round(performance.now() - this.#heardAt));
  }

  /** Why it cannot be reached, for a person; undefined when it can. */
  get trouble(): string | undefined {
    if (this.#isLinked) return undefined;
    const silent = `has not answered for ${Math.round((this.silentMs ?? 0) / 1_000)} s`;
    return this.#excuse ? `${silent}: ${this.#excuse}` : silent;
  }

  /** It has registered. @param excuse the empty text when there is none */
  made(excuse: string): void {
    this.end();
    this.#isLinked = true;
    this.#excuse = excuse;
  }

  /** The node said why it may be silent; the empty text ends that. */
  excused(excuse: string): void {
    this.#excuse = excuse;
  }

  /**
   * The link has ended.
   *
   * @param isDead it answered nothing for `deadAfterMs`, and runs
   */
  lost(isDead: boolean): void {
    this.#isLinked = false;
    this.#heardAt = performance.now() - (isDead ? this.#limits.deadAfterMs : 0);
  }

  /**
   * Counts how long a node that is dead to its link stays so. One that is stuck ends itself; one that is frozen as a whole cannot.
   *
   * @param hung runs when that is longer than `hangMs` and the node has no excuse, again and again; never where `hangMs` is 0
   */
  watch(hung: (ms: number) => void): void {
    const { hangMs, deadAfterMs } = this.#limits;
    if (hangMs === 0) return;
    this.#silence.begin(Math.max(0, hangMs - deadAfterMs), () => {
      if (!this.#excuse) hung(Math.max(hangMs, deadAfterMs));
    });
  }

  /** There is no process to hear from, or another one. */
  end(): void {
    this.#silence.end();
    this.#isLinked = false;
    this.#excuse = '';
    this.#heardAt = undefined;
  }

  /** Its silence is nothing to act on any more. */
  rest(): void {
    this.#silence.end();
  }
}
