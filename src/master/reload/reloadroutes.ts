/** `/reload`, Firefly's `/reloadmodule`, and what the development tool says of the build. */

import { isLoopback } from '../../config/address';
import { ReloadFailed } from '../../errors';
import { messageOf } from '../../thrown';
import type { WebRequest } from '../../web/request';
import type { WebServer } from '../../web/server';
import type { Cluster } from '../cluster';
import { readBuildReport } from './build';

const BUILD_BYTES = 256 * 1024;

export function reloadRoutes(web: Pick<WebServer, 'route'>, cluster: Cluster): void {
  for (const path of ['/reload', '/reloadmodule']) web.route('*', path, (request) => reload(cluster, request), undefined, { act: true });
  // Told at each save, and no operator's act.
  web.route('POST', '/build', (request) => takeBuild(cluster, request), undefined, { act: false });
}

/** The tool runs on the master's machine, as the compiler does. */
async function takeBuild(cluster: Cluster, request: WebRequest) {
  if (!isLoopback(request.address)) return { status: 403, body: { error: 'only a tool of this machine may tell how the build stands' } };
  const text = (await request.body(BUILD_BYTES)).toString();
  try {
    cluster.status.build = readBuildReport(text);
    return undefined;
  } catch (error) {
    return { status: 400, body: { error: messageOf(error) } };
  }
}

/** `?node=NAME` reloads one node. */
async function reload(cluster: Cluster, { query }: WebRequest) {
  const only = query.get('node') ?? undefined;
  if (only !== undefined && !cluster.has(only)) return refused(404, `the config has no node ${JSON.stringify(only)}`);
  try {
    const outcome = await cluster.reload(only);
    const failed = outcome.changed ? 500 : 422;
    return { status: outcome.ok ? 200 : failed, body: outcome };
  } catch (error) {
    if (!(error instanceof ReloadFailed)) throw error;
    return refused(409, error.message);
  }
}

function refused(status: number, message: string) {
  return { status, body: { ok: false, changed: false, message, nodes: {} } };
}
