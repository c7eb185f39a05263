/**
 * Reads the text format of Prometheus as strictly as its own parser and its linter do.
 *
 * Throws at the first thing that a scrape would choke on, or that `promtool check metrics` would complain about.
 */
export interface ParsedFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (NaN|Nan|[+-]Inf|-?[0-9.]+(?:e[+-]?[0-9]+)?)$`);
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/;
const TYPES = ['counter', 'gauge', 'histogram'];

/** @throws Error naming the line */
export function parseMetrics(text: string): Map<string, ParsedFamily> {
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let help: { name: string; text: string } | undefined;
  let family: ParsedFamily | undefined;
  if (!text.endsWith('\n')) throw new Error('the last line must end');
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    const [, word, about = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (word === 'HELP') {
      if (families.has(about)) fail('a second HELP of a family');
      help = { name: about, text: rest };
      family = undefined;
    } else if (word === 'TYPE') {
      if (help?.name !== about) fail('a TYPE without its HELP in front');
      if (!TYPES.includes(rest)) fail('no type');
      if ((rest === 'counter') !== about.endsWith('_total')) fail('counters, and nothing else, end in _total');
      family = { name: about, type: rest, help: help?.text ?? '', samples: [] };
      families.set(about, family);
    } else if (line.startsWith('#')) {
      fail('a comment that is neither HELP nor TYPE');
    } else {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? fail('no sample');
      if (!family) throw new Error(`a sample of no family: ${line}`);
      const own = family.type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => family?.name + end) : [family.name];
      if (!own.includes(name)) fail(`a sample among those of ${family.name}`);
      const parsed = labelsOf(labels, fail);
      const key = `${name} ${JSON.stringify(Object.entries(parsed).sort())}`;
      if (seen.has(key)) fail('a series that is there twice');
      seen.add(key);
      const number = Number(value.replace('Inf', 'Infinity'));
      if (family.type === 'counter' && !(number >= 0)) fail('a counter below 0');
      family.samples.push({ name, labels: parsed, value: number });
    }
  }
  for (const each of families.values()) {
    if (each.samples.length === 0) throw new Error(`${each.name} has no samples`);
    if (each.type === 'histogram') checkHistogram(each);
  }
  return families;
}

function labelsOf(text: string, fail: (why: string) => never): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [all, name = '', value = ''] = LABEL.exec(rest) ?? fail('no label');
    if (name in labels) fail(`label ${name} is there twice`);
    labels[name] = value.replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char));
    rest = rest.slice(all.length);
  }
  return labels;
}

/** Each series: buckets that rise to +Inf, which is its count; and a sum. */
function checkHistogram({ name, samples }: ParsedFamily): void {
  const series = new Map<string, { le: number; value: number }[]>();
  const totals = new Map<string, Record<string, number>>();
  for (const sample of samples) {
    const { le, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    if (sample.name === `${name}_bucket`)
      series.set(key, [...(series.get(key) ?? []), { le: Number(le?.replace('Inf', 'Infinity')), value: sample.value }]);
    else totals.set(key, { ...totals.get(key), [sample.name]: sample.value });
  }
  if (series.size !== totals.size) throw new Error(`${name}: a series without buckets, or without sum and count`);
  for (const [key, buckets] of series) {
    const rises = buckets.every(
      ({ le, value }, at) => at === 0 || (le > (buckets[at - 1]?.le ?? 0) && value >= (buckets[at - 1]?.value ?? 0)),
    );
    if (!rises) throw new Error(`${name}${key}: buckets must rise`);
    const last = buckets.at(-1);
    const total = totals.get(key);
    if (last?.le !== Number.POSITIVE_INFINITY || last.value !== total?.[`${name}_count`] || total[`${name}_sum`] === undefined)
      throw new Error(`${name}${key}: the last bucket must be +Inf and the count`);
  }
}
