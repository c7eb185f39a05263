import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Tally } from '../../../tools/bots/tally';

describe("the bots' table", () => {
  it('has a line a command, one for all, and why answers were no success', () => {
    const tally = new Tally();
    tally.record(105, 'done', 2);
    tally.record(105, 'done', 2);
    tally.record(4501, 'refused', 3);
    tally.reason(4501, 'You do not have enough energy.');
    tally.record(4501, 'failed', 900);
    tally.reason(4501, 'Something went wrong.');
    tally.record(4501, 'lost', 10_000);
    const lines = tally.format(2).split('\n');
    assert.deepEqual(
      lines.slice(0, 4).map((line) => line.trim().split(/ {2,}/).slice(0, 6)),
      [
        ['command', 'requests', 'done', 'refused', 'failed', 'lost'],
        ['105', '2', '2', '0', '0', '0'],
        ['4501', '3', '0', '1', '1', '1'],
        ['all', '5', '2', '1', '1', '1'],
      ],
    );
    assert.ok(
      lines.includes('3 requests/s over 2 s, 0 connections broken, 0.0 s the longest that a bot waited for a success'),
      lines.join('\n'),
    );
    assert.ok(lines.includes('1 x 4501: You do not have enough energy.'), lines.join('\n'));
  });

  it('shows no time above the slowest answer, and none for what was not answered', () => {
    const tally = new Tally();
    tally.record(101, 'done', 4_656);
    tally.record(101, 'lost', 10_000);
    const [, line = ''] = tally.format(1).split('\n');
    const [p50, p99, max] = line.trim().split(/ +/).slice(6).map(Number);
    assert.equal(max, 4_656);
    assert.equal(p99, 4_656);
    assert.ok((p50 as number) > 0 && (p50 as number) <= 4_656, line);
  });
});
