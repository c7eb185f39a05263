import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ReadingPair, summarise } from '../../../tools/bench/measure';
import { readOptions } from '../../../tools/bench/options';
import type { Figure } from '../../../tools/bench/row';
import { chooseRows, ROWS } from '../../../tools/bench/rows';
import { selfTimes } from '../../../tools/bench/selftime';
import { median } from '../../../tools/bench/statistics';
import { formatTable } from '../../../tools/bench/table';

const RATE: Figure = { name: 'requests', unit: '/s', better: 'more', goal: { ratio: 0.6 } };
const HEAP: Figure = { name: 'heap', unit: 'KiB', better: 'less', goal: { value: 3 } };

const pairs = (...values: (readonly [yardstick: number, firefly: number])[]): ReadingPair[] =>
  values.map(([yardstick, firefly]) => ({ yardstick: { values: [yardstick] }, firefly: { values: [firefly] } }));

describe('the figures of a row', () => {
  it('are medians, and the ratio is the median of the pairs, which outlives a moment in which the machine was busy', () => {
    const result = summarise(RATE, 0, pairs([100, 70], [10, 7], [100, 70], [100, 1], [100, 80]));
    assert.equal(result.yardstick, 100);
    assert.equal(result.firefly, 70);
    assert.equal(result.ratio, 0.7);
    assert.deepEqual(result.range, [0.01, 0.8]);
    assert.equal(result.isReached, true);
  });

  it('miss a goal from its own side: a rate below its ratio, a size above its value', () => {
    assert.equal(summarise(RATE, 0, pairs([100, 59])).isReached, false);
    assert.equal(summarise(HEAP, 0, pairs([1, 3])).isReached, true);
    assert.equal(summarise(HEAP, 0, pairs([1, 3.1])).isReached, false);
    assert.equal(summarise({ name: 'CPU', unit: 'us', better: 'less' }, 0, pairs([1, 9])).isReached, undefined);
  });

  it('have a median of the two in the middle', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(median([3, 1, 2]), 2);
    assert.ok(Number.isNaN(median([])));
  });
});

describe('the table', () => {
  const row = { key: 'c16', title: 'chain', beside: 'relay', load: [0, 0] as const, pairs: [] };

  it('shows a void row as void, with the reason below it', () => {
    const table = formatTable([
      { ...row, figures: [summarise(RATE, 0, pairs([427_000, 300_000]))] },
      { ...row, key: 'd16', figures: [], isVoid: '3 answers were lost' },
    ]);
    const [head = '', rule = '', good = '', bad = '', reason] = table.split('\n');
    assert.ok(
      [rule, good, bad].every((line) => line.length === head.length),
      table,
    );
    assert.match(good, /\| 427,000 +\| 300,000 +\| 0\.70 +\| 0\.70-0\.70 +\| >= 0\.60 +\| reached/);
    assert.match(bad, /\| d16 .* \| void +\|$/);
    assert.equal(reason, 'd16 is void: 3 answers were lost');
  });
});

describe('rows', () => {
  it('are chosen by their key or by their group, in the order of the table', () => {
    assert.deepEqual(
      chooseRows(['rpc800', 'c', 'latency']).map(({ key }) => key),
      ['c1', 'c16', 'latency', 'rpc800'],
    );
    assert.equal(chooseRows([]), ROWS);
    assert.throws(() => chooseRows(['a', 'chain']), /chain is no row; there are a1, /);
  });
});

describe('the options', () => {
  it('are five pairs of three seconds of all rows when nothing is said', () => {
    assert.deepEqual(readOptions([]), { rows: [], pairs: 5, seconds: 3, json: undefined });
    assert.deepEqual(readOptions(['--rows', 'a,c16', '--pairs', '2', '--seconds=0.5', '--json', 'x']), {
      rows: ['a', 'c16'],
      pairs: 2,
      seconds: 0.5,
      json: 'x',
    });
  });

  for (const wrong of [['--pairs', '0'], ['--pairs', '1.5'], ['--seconds', 'x'], ['--seconds', '-1'], ['--rowz', 'a'], ['a']]) {
    it(`refuse ${wrong.join(' ')} with the usage`, () => {
      assert.throws(() => readOptions(wrong), /usage: npm run bench/);
    });
  }
});

describe('a profile', () => {
  it('is shared out among the functions that ran, without the time in which none did', () => {
    const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9, columnNumber: 0, scriptId: '1' });
    const { functions, busy } = selfTimes({
      nodes: [
        { id: 1, callFrame: frame('(idle)', '') },
        { id: 2, callFrame: frame('writeBuffer', '') },
        { id: 3, callFrame: frame('push', '/somewhere/frame.js') },
      ],
      samples: [1, 2, 3, 2],
      timeDeltas: [600, 100, 100, 200],
      startTime: 0,
      endTime: 1_000,
    });
    assert.equal(busy, 0.4);
    assert.deepEqual(functions, [
      { where: 'writeBuffer', share: 0.75 },
      { where: 'push frame.js:10', share: 0.25 },
    ]);
  });
});
