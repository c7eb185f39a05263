/** docs/metrics.md, the alert rules and the dashboard speak of the same metrics; test/scenario/view/metrics.test.ts holds them to a running cluster. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { documentedMetrics } from '../helpers/metricdocs';
import { readPage } from './page';

const NAMES = new Set(documentedMetrics().map(({ name }) => name));

/** Names in an expression of PromQL, without the ends of histograms. */
function metricsIn(text: string): string[] {
  return (text.match(/firefly_\w+/g) ?? []).map((name) => (NAMES.has(name) ? name : name.replace(/_(bucket|count|sum)$/, '')));
}

const unknown = (names: readonly string[]) => names.filter((name) => !NAMES.has(name));

describe('docs/metrics.md', () => {
  it('names each metric once', () => {
    const names = documentedMetrics().map(({ name }) => name);
    assert.equal(names.length, NAMES.size);
  });
});

describe('docs/alerts.yml', () => {
  const rules = readPage('docs/alerts.yml')
    .split(/\n\s+- alert: /)
    .slice(1);

  it('uses metrics that there are', () => {
    assert.ok(rules.length > 15);
    assert.deepEqual(unknown(rules.flatMap((rule) => metricsIn(rule.replace(/action: .*/, '')))), []);
  });

  it('says for each what is wrong and what to do', () => {
    for (const rule of rules) {
      for (const key of ['expr:', 'labels: { severity: ', 'summary: ', 'action: ']) assert.ok(rule.includes(key), `${key} in ${rule}`);
      const open = rule.split('(').length;
      assert.equal(rule.split(')').length, open, rule);
    }
  });
});

describe('docs/grafana.json', () => {
  interface Panel {
    readonly id: number;
    readonly title: string;
    readonly targets?: readonly { readonly expr: string }[];
  }
  const { panels } = JSON.parse(readPage('docs/grafana.json')) as { panels: readonly Panel[] };

  it('uses metrics that there are, in panels with numbers and titles of their own', () => {
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    assert.ok(expressions.length > 20);
    assert.deepEqual(unknown(expressions.flatMap(metricsIn)), []);
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    assert.ok(panels.every(({ title }) => title !== ''));
  });
});
