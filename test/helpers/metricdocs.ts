/** The tables of docs/metrics.md. */
import { readPage, rowsOf } from '../docs/page';

export interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly means: string;
}

export function documentedMetrics(): DocumentedMetric[] {
  return rowsOf(readPage('docs/metrics.md')).flatMap(([name = '', type = '', labels = '', means = '']) => {
    const plain = /^\s*`(firefly_\w+)`\s*$/.exec(name)?.[1];
    return plain ? [{ name: plain, type: type.trim(), labels: labels.trim().split(', '), means: means.trim() }] : [];
  });
}
