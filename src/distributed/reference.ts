/**
 * What a link dispatches to: the framework's own targets and the game's service.
 *
 * The service is looked up at each call, so that a reload can swap it.
 */
import { NoSuchTarget } from '../errors';
import { isDebug } from '../log/level';
import type { Logger } from '../log/log';
import type { HandlerSlot } from '../metrics/handlers';
import type { Metrics } from '../metrics/metrics';
import { CommandService } from '../services/commandservice';
import type { Service } from '../services/service';
import type { LinkKey } from '../wire/link';
import type { Child } from './child';

/** Targets whose names begin with this are the framework's. */
const INTERNAL = 'firefly.';

export interface ProxyReferenceOptions {
  readonly internal: Service;
  readonly service: () => Service | CommandService;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
}

export class ProxyReference {
  readonly #internal: Service;
  readonly #service: () => Service | CommandService;
  readonly #log: Logger;
  readonly #metrics: Metrics | undefined;

  constructor(options: ProxyReferenceOptions) {
    this.#internal = options.internal;
    this.#service = options.service;
    this.#log = options.log;
    this.#metrics = options.metrics;
  }

  /**
   * Runs a target for a peer.
   *
   * @param child what the framework's targets get before the arguments, in a root
   * @throws NoSuchTarget, and whatever the target throws
   */
  callTarget(peer: string, key: LinkKey, args: readonly unknown[], child?: Child): unknown {
    const service = this.#service();
    if (typeof key === 'number') {
      if (!(service instanceof CommandService)) throw new NoSuchTarget(service.name, key);
      if (isDebug(this.#log)) this.#tell(service, peer, key);
      return service.call(key, args);
    }
    if (key.startsWith(INTERNAL)) return this.#internal.call(key, child ? [child, ...args] : args);
    if (service instanceof CommandService) throw new NoSuchTarget(service.name, key);
    if (isDebug(this.#log)) this.#tell(service, peer, key);
    return service.call(key, args);
  }

  /** Where calls of a target are counted: those that have a handler, under its name, and those of a catch-all together. */
  slotOf(key: LinkKey): HandlerSlot | undefined {
    const service = typeof key === 'string' && key.startsWith(INTERNAL) ? this.#internal : this.#service();
    const counted = (service as Service<LinkKey>).countedAs(key);
    return counted === undefined ? undefined : this.#metrics?.handlers.slot(service.name, counted);
  }

  #tell<Key extends LinkKey>(service: Service<Key>, peer: string, key: Key): void {
    if (service.isDisplayed(key)) this.#log.debug({ event: 'call', peer, target: key }, `call of ${key} by ${peer}`);
  }
}
