/** Leaving a node with nothing to do: nobody chooses it any more, and those who can move what it has do so. */
import { setTimeout as delay } from 'node:timers/promises';
import { type DrainReport, NODE } from '../../server/nodewire';
import { type Fleet, peersOf, unlessAborted } from './fleet';
import type { Progress } from './operations';

const POLL_MS = 100;
const ANSWER_MS = 2_000;
/** Beyond the time that it may take: then whoever was told is on its own, since the master is gone. */
const MARGIN_MS = 10_000;

export class Moving {
  readonly #fleet: Fleet;
  readonly #name: string;
  readonly #progress: Progress;
  #said = '';

  constructor(fleet: Fleet, name: string, progress: Progress) {
    this.#fleet = fleet;
    this.#name = name;
    this.#progress = progress;
  }

  /**
   * @param forGood it does not come back by itself: what cannot be moved is waited for
   * @param goesOn asked now and then
   * @returns how much is left when there is nothing more to wait for, or at the deadline
   */
  async run(forGood: boolean, deadlineMs: number, goesOn: () => boolean): Promise<number> {
    const end = performance.now() + deadlineMs;
    await this.#begin(forGood, deadlineMs, true);
    for (;;) {
      const reports = await this.#reports();
      const left = reports.reduce((sum, report) => sum + report.left, 0);
      this.#say(left, reports);
      const trouble = reports.at(-1);
      if (!forGood && trouble?.isOver && trouble.note) throw new Error(`${this.#name}: ${trouble.note}; nothing was changed`);
      // Who only comes back soon need not be empty.
      const isOver = reports.every((report) => report.isOver) && (left === 0 || !forGood);
      if (isOver || performance.now() >= end || !goesOn()) return left;
      await unlessAborted(this.#progress.signal, delay(POLL_MS));
    }
  }

  /** From now on nobody gives it anything new, and what it has stays with it. @param ms how long that may take, beside its stop and its start */
  avoid(ms: number): Promise<void> {
    return this.#begin(true, ms, false);
  }

  /** It may be chosen again. */
  end(): Promise<void> {
    return this.#tell(false, false, 0, false);
  }

  #begin(forGood: boolean, ms: number, moves: boolean): Promise<void> {
    const { shutdownMs, readyMs } = this.#fleet.process(this.#name).node.supervise;
    return this.#tell(true, forGood, ms + shutdownMs + readyMs + MARGIN_MS, moves);
  }

  #peers(): string[] {
    return peersOf(this.#name, this.#fleet.config).flat();
  }

  /** A node that cannot be told is away, or learns nothing new either. */
  async #tell(on: boolean, forGood: boolean, lifeMs: number, moves: boolean): Promise<void> {
    const told = [...this.#peers(), this.#name];
    await Promise.allSettled(
      told.map((peer) => this.#fleet.child(peer)?.call(NODE.drain, [this.#name, on, forGood, lifeMs, moves], { timeoutMs: ANSWER_MS })),
    );
  }

  /** The node's own comes last. */
  async #reports(): Promise<DrainReport[]> {
    const asked = [...this.#peers(), this.#name];
    const answers = await Promise.allSettled(
      asked.map((peer) => this.#fleet.child(peer)?.call(NODE.drained, [this.#name], { timeoutMs: ANSWER_MS })),
    );
    return answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value ? [answer.value as DrainReport] : []));
  }

  #say(left: number, reports: readonly DrainReport[]): void {
    const notes = [...new Set(reports.flatMap(({ note }) => note ?? []))];
    const text = `${left} left with ${this.#name}${notes.length > 0 ? `: ${notes.join('; ')}` : ''}`;
    if (text === this.#said || (left === 0 && this.#said === '')) return;
    this.#said = text;
    this.#progress.step(text);
  }
}
