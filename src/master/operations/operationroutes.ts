/** Drain, restart and start on the master's web port, and how far the newest of them is. */
import { OperationRefused } from '../../errors';
import type { WebRequest } from '../../web/request';
import type { WebServer } from '../../web/server';
import type { Cluster } from '../cluster';
import { wholeIn, wrongIn } from '../view/whole';
import type { Operation } from './operations';

/** Eleven days: what a timer can wait for is not much more. */
const DEADLINE = { key: 'deadlineMs', least: 0, most: 999_999_999 };

export function operationRoutes(web: WebServer, cluster: Cluster): void {
  web.route('POST', '/drain', (request) =>
    begin(request, cluster, (node) => {
      const wrong = wrongIn(request.query, DEADLINE);
      if (wrong !== undefined) return { status: 400, body: { error: wrong } };
      return accepted(cluster.drain(node, wholeIn(request.query, DEADLINE)));
    }),
  );
  web.route('POST', '/restart', (request) =>
    request.query.get('node') === 'all'
      ? refusable(() => accepted(cluster.restart()))
      : begin(request, cluster, (node) => accepted(cluster.restart(node))),
  );
  web.route('POST', '/start', (request) => begin(request, cluster, (node) => accepted(cluster.start(node))));
  web.route('GET', '/operation', () => ({ status: 200, body: JSON.stringify(cluster.operation), type: 'application/json; charset=utf-8' }));
}

function begin({ query }: WebRequest, cluster: Cluster, work: (node: string) => unknown) {
  const node = query.get('node');
  if (!node) return { status: 400, body: { error: 'name the node as ?node=NAME' } };
  if (!cluster.has(node)) return { status: 404, body: { error: `there is no node ${node}; the nodes are ${cluster.names.join(', ')}` } };
  return refusable(() => work(node));
}

function accepted(operation: Operation) {
  return { status: 202, body: { operation } };
}

function refusable(work: () => unknown) {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof OperationRefused)) throw error;
    return { status: 409, body: { error: error.message, code: error.code } };
  }
}
