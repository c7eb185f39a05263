/** Strangers who open connections and keep everybody waiting cost nobody else anything: neither an operator nor a node that comes back. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Cluster, startCluster } from '../helpers/cluster';
import { Crowd } from '../helpers/crowd';
import { http } from '../helpers/http';
import { type Project, variantOf } from '../helpers/project';

const CROWD = '127.0.0.2';
const HALF_A_REQUEST = 'GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: ';

describe('a crowd of half-open connections', () => {
  let project: Project;
  let cluster: Cluster;
  before(async () => {
    // Nobody is sent away for taking long while the test runs.
    project = variantOf('config.json', { limits: { handshakeMs: 60_000 } });
    cluster = await startCluster(project.path('config.json'));
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    project[Symbol.dispose]();
  });

  it('at the ports for nodes keeps no node out that comes back', async () => {
    const ports = [cluster.port(9999), cluster.port(10000)];
    const crowds = await Promise.all(ports.map((port) => Crowd.come({ port, from: CROWD, size: 400, comesAgainMs: 500 })));
    try {
      for (const node of ['game1', 'gate']) {
        const { restarts = 0 } = (await cluster.status()).nodes[node] ?? {};
        await cluster.kill(node);
        await cluster.waitFor(
          async () => {
            const { nodes } = await cluster.status();
            const linked = nodes.net?.roots?.includes('gate') && nodes.game1?.roots?.includes('gate');
            return nodes[node]?.state === 'ready' && nodes[node].restarts > restarts && linked;
          },
          `${node} back and linked`,
          30_000,
        );
      }
      for (const crowd of crowds) assert.ok(crowd.sentAway > 0, 'it was no crowd');
    } finally {
      await Promise.all(crowds.map((crowd) => crowd[Symbol.asyncDispose]()));
    }
  });

  it('at the web ports keeps no operator out', async () => {
    const [master, admin] = [cluster.port(9998), cluster.port(2012)];
    const come = (port: number) => Crowd.come({ port, from: CROWD, size: 1_100, says: HALF_A_REQUEST });
    await using one = await come(master);
    await using two = await come(admin);
    assert.equal((await cluster.get('/status')).status, 200);
    assert.equal((await cluster.post('/log/level?node=gate&level=debug')).status, 200);
    assert.equal((await http({ port: admin, path: '/statistics' })).status, 200);
    for (const crowd of [one, two]) assert.ok(crowd.sentAway > 0, 'it was no crowd');
    await cluster.waitForLine(/master WARN too many connections to the web port wait; the oldest of the address with most is closed/);
  });
});
