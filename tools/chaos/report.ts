/** What a run tells at its end. */
import type { Figures, Ledgers } from './books';
import { type Check, hitShare } from './checks';
import type { Options } from './options';
import { percent } from './scenes';
import type { Tally } from './storm';

export interface Report {
  readonly options: Options;
  readonly seconds: number;
  readonly tally: Tally | undefined;
  readonly uncounted: number | undefined;
  readonly figures: Figures;
  readonly ledgers: Ledgers;
  /** Unknown transfers that turned out to be there. */
  readonly executed: number;
  readonly checks: readonly Check[];
}

/** Examples of what is wrong. */
const SHOWN = 5;

export function formatReport({ options, seconds, tally, uncounted, figures, ledgers, executed, checks }: Report): string {
  const { scene, stores, powercut, expectLoss, seed } = options;
  const faults = expectLoss ? ', power cuts without syncs' : powercut ? ', power cuts' : '';
  const lines = [`${scene} on ${stores}${faults}, seed ${seed}, ${seconds} s`, ''];
  if (tally) {
    lines.push('| with work in flight | killed | frozen |', '| --- | ---: | ---: |');
    for (const [kind, { kill, freeze }] of Object.entries(tally)) if (kill + freeze > 0) lines.push(`| ${kind} | ${kill} | ${freeze} |`);
    lines.push('', `${uncounted} more met none and are not counted.`, '');
  }
  const reasons = new Map<string, number>();
  for (const reason of [...ledgers.refused.values(), ...ledgers.unknown.values()]) {
    const name = reason.split(' ', 1)[0] || 'Poor';
    reasons.set(name, (reasons.get(name) ?? 0) + 1);
  }
  lines.push(
    '| transfers | |',
    '| --- | ---: |',
    `| acknowledged | ${ledgers.acknowledged.size} |`,
    `| refused | ${ledgers.refused.size} |`,
    `| unknown | ${ledgers.unknown.size} |`,
    `| ... of them there | ${executed} |`,
    `| ... and not there | ${ledgers.unknown.size - executed} |`,
    '',
    `Not acknowledged because of: ${[...reasons].map(([name, n]) => `${name} ${n}`).join(', ') || 'nothing'}.`,
    `Readers asked for ${figures.rowsRead} rows, at least ${percent(hitShare(figures))} from memcached; ${figures.readsFailed} reads failed.`,
    '',
    '| check | | |',
    '| --- | --- | --- |',
  );
  for (const { name, seen, wrong } of checks)
    lines.push(`| ${name} | ${seen} | ${wrong.length === 0 ? 'holds' : `BROKEN, ${wrong.length} times`} |`);
  for (const { name, wrong } of checks) {
    if (wrong.length === 0) continue;
    lines.push('', `BROKEN: ${name}`, ...wrong.slice(0, SHOWN).map((what) => `  ${what}`));
    if (wrong.length > SHOWN) lines.push(`  and ${wrong.length - SHOWN} more`);
  }
  return lines.join('\n');
}
