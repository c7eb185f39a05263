/** A node's web port: the paths that its modules registered with `webserviceHandle`. */
import type { Logger } from '../log/log';
import type { WebServer } from '../web/webserver';
import type { NodeGlobals } from './globalobject';

export interface NodeWebOptions {
  readonly port: number;
  readonly host: string;
  readonly token: string | undefined;
  readonly log: Logger;
}

/** Opens the port. Each request looks its path up anew, so that a reload changes the pages too. */
export async function nodeWeb(globals: NodeGlobals, { port, host, token, log }: NodeWebOptions): Promise<WebServer> {
  const { WebServer } = await import('../web/webserver.js');
  const web = new WebServer({ log, hosts: [host], ...(token ? { token } : {}) });
  web.otherwise((request) => {
    const target = globals.webroot.getTarget(request.path);
    return target ? target(request as never) : undefined;
  });
  await web.listen(port, host);
  return web;
}
