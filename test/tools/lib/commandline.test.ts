import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandLine, WrongUsage } from '../../../tools/lib/commandline';

describe("a tool's command line", () => {
  const line = new CommandLine('usage: tool --n N');
  const refused = (what: RegExp) => (error: unknown) =>
    error instanceof WrongUsage && what.test(error.message) && error.message.endsWith('\nusage: tool --n N');

  it('gives the values of its options', () => {
    assert.deepEqual(
      { ...line.values(['--n', '3'], { n: { type: 'string' }, all: { type: 'boolean', default: false } }) },
      { n: '3', all: false },
    );
    assert.equal(line.oneOf('kind', ['a', 'b'], 'b'), 'b');
    assert.equal(line.whole('n', '3', 3), 3);
    assert.equal(line.above0('n', '0.5'), 0.5);
    assert.equal(line.seed('7'), 7);
    assert.ok(Number.isSafeInteger(line.seed(undefined)));
  });

  it('refuses what cannot be used, with what there is', () => {
    assert.throws(() => line.values(['--m'], { n: { type: 'string' } }), refused(/--m/));
    assert.throws(() => line.oneOf('kind', ['a', 'b'], 'c'), refused(/--kind is c and must be one of a, b/));
    for (const text of ['2', '3.5', '', 'x'])
      assert.throws(() => line.whole('n', text, 3), refused(/--n is .* and must be a whole number from 3/));
    for (const text of ['0', '-1', '', 'x']) assert.throws(() => line.above0('n', text), refused(/--n is .* and must be a number above 0/));
  });
});
