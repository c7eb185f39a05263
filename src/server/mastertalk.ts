/** What a node tells its master about itself beside its registration, which says the same again: a master that is away has missed nothing. */
import type { RemoteObject } from '../distributed/node';
import type { Logger } from '../log/log';
import { NODE } from './nodewire';

/** How long what is done on purpose waits for the master to know. */
const EXCUSE_MS = 1_000;

export class MasterTalk {
  readonly #master: () => RemoteObject | undefined;
  readonly #log: Logger;

  constructor(master: () => RemoteObject | undefined, log: Logger) {
    this.#master = master;
    this.#log = log;
  }

  /** What the node is at while it is not ready. */
  step(step: string): void {
    const master = this.#master();
    try {
      if (master?.isUp) master.notifyRemote(NODE.step, step);
    } catch (error) {
      this.#missed(error);
    }
  }

  /** Why the node may be silent from here on. Settles when the master knows, or cannot. */
  async excuse(excuse: string): Promise<void> {
    await this.#master()
      ?.call(NODE.excuse, [excuse], { timeoutMs: EXCUSE_MS })
      .catch((error: unknown) => this.#missed(error));
  }

  #missed(error: unknown): void {
    this.#log.debug({ error }, 'the master was not told');
  }
}
