/** A node's web port: the paths that its modules registered with `webserviceHandle`. */
import type { Logger } from '../log/log';
import type { CallBatches } from '../metrics/callbatches';
import type { Metrics } from '../metrics/metrics';
import type { WebServer } from '../web/server';
import type { NodeGlobals } from './globalobject';

export interface NodeWebOptions {
  readonly port: number;
  readonly host: string;
  readonly token: string | undefined;
  readonly log: Logger;
  readonly calls: CallBatches;
  readonly metrics: Metrics;
}

/** Opens the port. Each request looks its path up anew, so that a reload changes the pages too. */
export async function nodeWeb(globals: NodeGlobals, { port, host, token, log, calls, metrics }: NodeWebOptions): Promise<WebServer> {
  const { WebServer } = await import('../web/server.js');
  const web = new WebServer({ log, calls, metrics, hosts: [host], routes: () => globals.webroot, ...(token ? { token } : {}) });
  await web.listen(port, host);
  return web;
}
