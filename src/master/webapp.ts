/** The master's web port: what an operator asks of a cluster. Firefly's paths, with answers that say what happened. */
import { ReloadFailed } from '../errors';
import type { WebServer } from '../web/server';
import type { Cluster } from './cluster';

/** @param stop ends the master; called after the answer is on its way */
export function routes(web: WebServer, cluster: Cluster, stop: () => void): void {
  web.route('*', '/stop', () => {
    setImmediate(stop);
    return 'stop';
  });
  for (const path of ['/reload', '/reloadmodule']) web.route('*', path, () => reload(cluster));
  web.route('GET', '/status', () => cluster.status());
}

async function reload(cluster: Cluster) {
  try {
    const outcome = await cluster.reload();
    const failed = outcome.changed ? 500 : 422;
    return { status: outcome.ok ? 200 : failed, body: outcome };
  } catch (error) {
    if (!(error instanceof ReloadFailed)) throw error;
    return { status: 409, body: { ok: false, changed: false, message: error.message, nodes: {} } };
  }
}
