/**
 * What a link dispatches to: the framework's own targets and the game's service.
 *
 * The service is looked up at each call, so that a reload can swap it.
 */
import { NoSuchTarget } from '../errors';
import type { Logger } from '../log/log';
import { CommandService } from '../services/commandservice';
import type { Service } from '../services/service';
import type { LinkKey } from '../wire/link';

/** Targets whose names begin with this are the framework's. */
const INTERNAL = 'firefly.';

export interface ProxyReferenceOptions {
  readonly internal: Service;
  readonly service: () => Service | CommandService;
  readonly log: Logger;
}

export class ProxyReference {
  readonly #internal: Service;
  readonly #service: () => Service | CommandService;
  readonly #log: Logger;

  constructor(options: ProxyReferenceOptions) {
    this.#internal = options.internal;
    this.#service = options.service;
    this.#log = options.log;
  }

  /**
   * Runs a target for a peer.
   *
   * @param context what the framework's targets get before the arguments
   * @throws NoSuchTarget, and whatever the target throws
   */
  callTarget(peer: string, key: LinkKey, args: readonly unknown[], ...context: readonly unknown[]): unknown {
    if (typeof key === 'string' && key.startsWith(INTERNAL)) return this.#internal.callTarget(key, ...context, ...args);
    const service = this.#service();
    if (service instanceof CommandService) {
      if (typeof key !== 'number') throw new NoSuchTarget(service.name, key);
      if (this.#logs && service.isDisplayed(key)) this.#log.debug({ event: 'call', peer, target: key }, `call of ${key} by ${peer}`);
      return service.callTarget(key, ...args);
    }
    if (typeof key !== 'string') throw new NoSuchTarget(service.name, key);
    if (this.#logs && service.isDisplayed(key)) this.#log.debug({ event: 'call', peer, target: key }, `call of ${key} by ${peer}`);
    return service.callTarget(key, ...args);
  }

  get #logs(): boolean {
    return this.#log.isLevelEnabled('debug');
  }
}
