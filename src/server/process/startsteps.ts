/**
 * What a node is at while it is not ready, and how long its own code may take.
 *
 * Waiting for other nodes and opening stores has no end: another process of this node would wait as long, and a long journal has to be read.
 * The game's modules and hooks have `readyMs`, together.
 */
import { StartFailed } from '../../errors';

const READY = '';
/** How often to look again at a deadline that moved. */
const AGAIN_MS = 100;

export class StartSteps {
  readonly #readyMs: number;
  readonly #tell: (step: string) => void;
  #step = 'starting';
  #spentMs = 0;
  #asides = 0;

  /** @param tell gets each step, for people; the empty text when there is none left */
  constructor(readyMs: number, tell: (step: string) => void) {
    this.#readyMs = readyMs;
    this.#tell = tell;
  }

  /** What it is at; empty when it is ready. */
  get step(): string {
    return this.#step;
  }

  /** A step without a deadline. */
  async open<T>(step: string, work: () => T | Promise<T>): Promise<T> {
    this.at(step);
    return work();
  }

  /** A step that runs the game's code. @throws StartFailed when the time for all of them is over, and what `work` throws */
  async game<T>(step: string, work: () => T | Promise<T>): Promise<T> {
    this.at(step);
    const began = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const check = () => {
        const leftMs = this.#readyMs - this.#spentMs - (performance.now() - began);
        if (leftMs > 0 || this.#asides > 0) timer = setTimeout(check, Math.max(leftMs, AGAIN_MS));
        else reject(new StartFailed(`not ready within ${this.#readyMs} ms (supervise.readyMs): ${step}`));
      };
      timer = setTimeout(check, Math.max(1, this.#readyMs - this.#spentMs));
    });
    try {
      return await Promise.race([work(), late]);
    } finally {
      clearTimeout(timer);
      this.#spentMs += performance.now() - began;
    }
  }

  /** What the game's code waits for and must not be cut, such as a change of tables: its time does not count. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    this.#asides++;
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#asides--;
      this.#spentMs -= performance.now() - began;
    }
  }

  /** Says what it is at. */
  at(step: string): void {
    this.#step = step;
    this.#tell(step);
  }

  done(): void {
    this.at(READY);
  }
}
