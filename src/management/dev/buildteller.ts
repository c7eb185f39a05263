/** Tells the master how the build stands, for the console page: the newest state, until the master has taken it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { MasterAddress } from '../masterclient';
import type { BuildError } from './compiler';

export interface BuildState {
  readonly ok: boolean;
  readonly errors: readonly BuildError[];
}

const AGAIN_MS = 500;
const ANSWER_MS = 5_000;

export class BuildTeller {
  readonly #master: MasterAddress;
  #untold: BuildState | undefined;
  #telling: Promise<void> | undefined;
  #isOver = false;

  constructor(master: MasterAddress) {
    this.#master = master;
  }

  tell(state: BuildState): void {
    this.#untold = state;
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#telling;
  }

  async #tellAll(): Promise<void> {
    while (this.#untold && !this.#isOver) {
      const state = this.#untold;
      if (!(await this.#send(state))) await delay(AGAIN_MS);
      else if (this.#untold === state) this.#untold = undefined;
    }
  }

  /** @returns whether the master has taken it; it may not be there yet */
  async #send(state: BuildState): Promise<boolean> {
    const { url, token } = this.#master;
    try {
      const { ok } = await fetch(new URL('/build', url), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(state),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      return ok;
    } catch {
      return false;
    }
  }
}
