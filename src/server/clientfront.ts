/** The client front of a net node, with the sessions that its connections carry. */
import type { Limits } from '../config/config';
import type { RemoteObject } from '../distributed/node';
import type { Logger } from '../log/log';
import type { Metrics } from '../metrics/metrics';
import { LiberateFactory } from '../netconnect/factory';
import { SessionKeeper } from './sessionkeeper';

export interface ClientFrontOptions {
  readonly log: Logger;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly nextId: () => number;
  /** The roots that keep sessions of these clients. */
  readonly roots: readonly RemoteObject[];
}

/** Builds the front. It accepts nobody before `listen`. */
export function clientFront(options: ClientFrontOptions): LiberateFactory {
  const factory = new LiberateFactory(options);
  const keeper = new SessionKeeper(factory, options.roots, options.log);
  options.metrics.gauge('firefly_sessions_ended_untold', 'Ended sessions that no root has dealt with yet', () => keeper.ended);
  factory.afterConnectionLost = (connection) => keeper.closed(connection);
  return factory;
}
