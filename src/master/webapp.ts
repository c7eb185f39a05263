/** The master's web port: what an operator asks of a cluster. Firefly's paths, with answers that say what happened. */
import { FireflyError, NoSuchRow, NotManaged, PKValueError } from '../errors';
import type { RowVerb } from '../server/nodewire';
import { consolePage } from '../web/console';
import type { WebRequest } from '../web/request';
import type { WebServer } from '../web/server';
import type { Cluster } from './cluster';
import { operationRoutes } from './operations/operationroutes';
import { reloadRoutes } from './reload/reloadroutes';

/** @param stop ends the master; called after the answer is on its way */
export function routes(web: WebServer, cluster: Cluster, stop: () => void): void {
  consolePage(web);
  const stopping = () => {
    setImmediate(stop);
    return 'stop';
  };
  web.route('*', '/stop', stopping, undefined, { act: true });
  reloadRoutes(web, cluster);
  web.route('GET', '/status', () => cluster.status.all());
  operationRoutes(web, cluster);
  web.route('POST', '/evict', (request) => ofRow(cluster, 'evict', request));
  web.route('GET', '/quarantine', () => answer(() => cluster.rows('quarantine')));
  web.route('POST', '/quarantine/release', (request) =>
    request.query.get('all') === '1' ? answer(() => cluster.rows('releaseAll')) : ofRow(cluster, 'release', request),
  );
  web.route('POST', '/quarantine/drop', (request) => ofRow(cluster, 'drop', request));
}

function ofRow(cluster: Cluster, verb: RowVerb, { query }: WebRequest) {
  const table = query.get('table');
  const pk = query.get('pk');
  if (!table || !pk) return { status: 400, body: { error: 'name the row as ?table=TABLE&pk=PRIMARY_KEY' } };
  return answer(() => cluster.rows(verb, table, pk));
}

/** What the operator did wrong is no failure of the server. */
async function answer(work: () => Promise<unknown>) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FireflyError)) throw error;
    const isMistake = error instanceof NoSuchRow || error instanceof NotManaged || error instanceof PKValueError;
    const status = isMistake ? 404 : error.retryable ? 503 : 409;
    return { status, body: { error: error.message, code: error.code } };
  }
}
