/**
 * Leaves a memcached alone that failed, and looks after it until it answers: no read pays for it meanwhile.
 */
import type { Logger } from '../../log/log';
import type { Count, Metrics } from '../../metrics/metrics';
import type { MemClient } from '../cache/memclient';

/** How often a memcached that failed is tried. */
const PROBE_MS = 500;

export class CacheRest {
  readonly #log: Logger;
  readonly #lost: Count;
  #resting: MemClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(log: Logger, metrics: Metrics) {
    this.#log = log;
    this.#lost = metrics.counter('firefly_cache_lost_total', 'Times that memcached failed this node, which then let it rest');
  }

  isResting(client: MemClient): boolean {
    return this.#resting === client;
  }

  /** The client failed: it rests from now on. */
  failed(client: MemClient, error: unknown): void {
    if (this.#closed || this.#resting === client) return;
    this.#resting = client;
    this.#lost.inc();
    this.#log.warn({ event: 'cache lost', error }, 'memcached does not answer; rows are read from dbfront until it does');
    this.#probeLater(client);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #probeLater(client: MemClient): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#probe(client), PROBE_MS);
  }

  async #probe(client: MemClient): Promise<void> {
    if (client.closed) return; // another took its place, which is not resting
    try {
      await client.ping();
    } catch {
      if (!this.#closed && this.#resting === client) this.#probeLater(client);
      return;
    }
    if (this.#resting !== client) return;
    this.#resting = undefined;
    this.#log.info({ event: 'cache back' }, 'memcached answers again');
  }
}
