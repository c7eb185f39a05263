import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { format, merge } from '../../src/metrics/exposition';
import { Metrics } from '../../src/metrics/metrics';
import { parseMetrics } from '../helpers/promtext';

/** What two nodes have, among them a peer whose name needs escapes. */
function twoNodes(): [Metrics, Metrics] {
  const [one, two] = [new Metrics('gate'), new Metrics('game1')];
  for (const metrics of [one, two]) {
    metrics.counter('firefly_calls_total', 'Calls', { peer: 'a"b\\c\nd' }).inc(3);
    metrics.gauge('firefly_things', 'Things', () => 1.5);
    metrics.handlers.slot('gate', 'login').latency.record(5_000);
    metrics.peers.of('dbfront').record(70_000_000);
  }
  return [one, two];
}

describe('the metrics of several nodes', () => {
  it('are one text that a strict reader takes: each family once, with the samples of all', async () => {
    const families = parseMetrics(await format(merge(twoNodes().map((metrics) => metrics.families()))));
    const calls = families.get('firefly_calls_total');
    assert.deepEqual(
      calls?.samples.map(({ labels, value }) => [labels.node, labels.peer, value]),
      [
        ['gate', 'a"b\\c\nd', 3],
        ['game1', 'a"b\\c\nd', 3],
      ],
    );
    const login = families.get('firefly_handler_duration_seconds')?.samples.filter(({ labels }) => labels.node === 'gate') ?? [];
    const below = (le: string) => login.find(({ labels }) => labels.le === le)?.value;
    assert.deepEqual([below('0.004096'), below('0.016384'), below('+Inf')], [0, 1, 1]);
    assert.equal(login.find(({ name }) => name.endsWith('_sum'))?.value, 0.005);
  });

  it('have no series twice, and leave out what one node means otherwise', async () => {
    const [gate] = twoNodes();
    const odd = new Metrics('odd');
    odd.gauge('firefly_calls_total', 'Not a counter here', () => -1);
    const families = parseMetrics(await format(merge([gate.families(), gate.families(), odd.families()])));
    assert.equal(families.get('firefly_calls_total')?.samples.length, 1);
  });
});

describe('the reader of the text format', () => {
  const refused = (text: string, why: RegExp) => assert.throws(() => parseMetrics(text), why);
  const family = (name: string, type: string, lines: string) => `# HELP ${name} h\n# TYPE ${name} ${type}\n${lines}\n`;

  it('refuses what Prometheus refuses', () => {
    refused('a 1\n', /no family/);
    refused(family('a', 'gauge', 'a 1') + family('a', 'gauge', 'a{x="1"} 1'), /second HELP/);
    refused(family('a', 'gauge', 'a 1\na 2'), /twice/);
    refused(family('a', 'gauge', 'a{x=1} 1'), /no label/);
    refused(family('a', 'counter', 'a 1'), /_total/);
    refused(family('a_total', 'gauge', 'a_total 1'), /_total/);
    refused(family('a', 'gauge', 'b 1'), /among those of a/);
    refused(family('a', 'histogram', 'a_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1'), /rise/);
    refused(family('a', 'histogram', 'a_bucket{le="1"} 1\na_sum 1\na_count 1'), /\+Inf/);
    refused('# HELP a h\n# TYPE a gauge\na 1', /must end/);
  });
});
