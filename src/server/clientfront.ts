/** The client front of a net node, with the sessions that its connections carry. */
import { readFile } from 'node:fs/promises';
import type { Limits, NodeConfig } from '../config/config';
import type { RemoteObject } from '../distributed/node';
import { StartFailed } from '../errors';
import type { Logger } from '../log/log';
import type { RequestTracing } from '../log/trace';
import type { CallBatches } from '../metrics/callbatches';
import type { Metrics } from '../metrics/metrics';
import type { PortOptions } from '../netconnect/clientport';
import { LiberateFactory } from '../netconnect/factory';
import { SessionKeeper } from './sessions/sessionkeeper';

export interface ClientFrontOptions {
  readonly log: Logger;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly calls: CallBatches;
  readonly tracing?: RequestTracing | undefined;
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

/** The ports of a front; 0 where the node has none. */
export interface ClientPorts {
  readonly net: number;
  readonly ws: number;
}

/** Opens the ports for clients that the config gives the node. @throws StartFailed when one cannot be had */
export async function listenForClients(factory: LiberateFactory, node: NodeConfig): Promise<ClientPorts> {
  const options: PortOptions = {
    proxyProtocol: node.proxyProtocol,
    ...(node.tls ? { tls: { cert: await read(node.tls.cert), key: await read(node.tls.key) } } : {}),
  };
  const origins = node.wsOrigins ? { origins: node.wsOrigins } : {};
  return {
    net: node.netPort === undefined ? 0 : await factory.listen(node.netPort, node.bind, options),
    ws: node.wsPort === undefined ? 0 : await factory.listen(node.wsPort, node.bind, { ...options, ...origins, webSocket: true }),
  };
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new StartFailed(
      `tls: ${file} cannot be read (${(cause as NodeJS.ErrnoException).code}); correct the path or let this user read it`,
      { cause },
    );
  }
}
