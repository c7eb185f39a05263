/** One scrape shows the whole cluster, in a form that Prometheus takes, and docs/metrics.md lists what is in it and nothing else. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { connectClient } from '../../helpers/client';
import { type Cluster, startCluster } from '../../helpers/cluster';
import { documentedMetrics } from '../../helpers/metricdocs';
import { type ParsedFamily, parseMetrics } from '../../helpers/promtext';

const NODES = ['admin', 'dbfront', 'game1', 'gate', 'master', 'net'];

async function scrape(cluster: Cluster, path = '/metrics'): Promise<Map<string, ParsedFamily>> {
  const answer = await cluster.get(path);
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/);
  return parseMetrics(answer.text);
}

const nodesOf = (family: ParsedFamily | undefined) => [...new Set(family?.samples.map(({ labels }) => labels.node))].sort();
const sampleOf = (families: Map<string, ParsedFamily>, name: string, labels: Record<string, string>) =>
  families.get(name)?.samples.find((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))?.value;

describe('the metrics of the sample game', () => {
  let cluster: Cluster;
  before(async () => {
    cluster = await startCluster('config.json');
    const client = await connectClient({ port: cluster.port(11009) });
    await client.request(101, JSON.stringify({ username: 'anna', password: 'a password' }));
    await client.close();
  });
  after(() => cluster[Symbol.asyncDispose]());

  it('come from every node in one scrape', async () => {
    const families = await scrape(cluster);
    assert.deepEqual(nodesOf(families.get('firefly_up')), NODES);
    assert.ok(families.get('firefly_up')?.samples.every(({ value }) => value === 1));
    assert.deepEqual(nodesOf(families.get('firefly_process_resident_memory_bytes')), NODES);
    assert.deepEqual(
      nodesOf(families.get('firefly_node_ready')),
      NODES.filter((name) => name !== 'master'),
    );
  });

  it('are those that docs/metrics.md lists, with their types and labels', async () => {
    const families = await scrape(cluster);
    const documented = documentedMetrics();
    assert.deepEqual([...families.keys()].sort(), documented.map(({ name }) => name).sort());
    for (const { name, type, labels } of documented) {
      const family = families.get(name);
      assert.equal(family?.type, type, name);
      for (const sample of family?.samples ?? []) {
        const own = Object.keys(sample.labels).filter((label) => label !== 'le');
        assert.deepEqual(own.sort(), [...labels].sort(), name);
      }
    }
  });

  it('show the login where it went: at net, at the gate, and in the data layer', async () => {
    const handled = (families: Map<string, ParsedFamily>, labels: Record<string, string>) => {
      const samples = families.get('firefly_handler_duration_seconds')?.samples ?? [];
      return samples.find(
        ({ name, labels: own }) => name.endsWith('_count') && Object.entries(labels).every(([key, value]) => own[key] === value),
      )?.value;
    };
    await cluster.waitFor(async () => {
      const families = await scrape(cluster);
      return (
        handled(families, { node: 'net', service: 'netservice', handler: '*' }) === 1 &&
        (handled(families, { node: 'gate', handler: 'forwarding' }) ?? 0) >= 1 &&
        (sampleOf(families, 'firefly_rpc_calls_total', { node: 'net', peer: 'gate' }) ?? 0) >= 1 &&
        (sampleOf(families, 'firefly_rpc_call_duration_seconds', { node: 'gate', peer: 'dbfront', le: '+Inf' }) ?? 0) >= 1 &&
        (sampleOf(families, 'firefly_net_frames_total', { node: 'net' }) ?? 0) === 1
      );
    }, 'the login in the metrics');
  });

  it('can be had of one node, and a node that there is not is said to be none', async () => {
    const families = await scrape(cluster, '/metrics?node=gate');
    for (const family of families.values()) assert.deepEqual(nodesOf(family), ['gate'], family.name);
    assert.equal((await cluster.get('/metrics?node=constructor')).status, 404);
  });

  it('show a node that does not answer as down, without holding up or spoiling the rest', async () => {
    await cluster.kill('game1', 'SIGSTOP');
    try {
      const families = await scrape(cluster);
      assert.equal(sampleOf(families, 'firefly_up', { node: 'game1' }), 0);
      assert.deepEqual(
        nodesOf(families.get('firefly_process_resident_memory_bytes')),
        NODES.filter((name) => name !== 'game1'),
      );
    } finally {
      await cluster.kill('game1', 'SIGCONT');
    }
    await cluster.waitFor(async () => sampleOf(await scrape(cluster), 'firefly_up', { node: 'game1' }) === 1, 'game1 back');
  });
});
