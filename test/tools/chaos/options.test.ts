import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions } from '../../../tools/chaos/options';

describe('the options of the chaos run', () => {
  it('are a full run on servers when nothing is said', () => {
    const { seed, ...options } = readOptions([]);
    assert.ok(Number.isSafeInteger(seed));
    assert.deepEqual(options, {
      scene: 'bank',
      stores: 'mysql',
      powercut: false,
      expectLoss: false,
      steps: 320,
      transfers: 50_000,
      minutes: 45,
      hits: 50,
      downSeconds: 60,
      keep: false,
    });
    assert.equal(readOptions(['--seed', '7']).seed, 7);
    assert.equal(readOptions(['--expect-loss']).powercut, true);
  });

  it('say what is wrong and what there is', () => {
    for (const [args, message] of [
      [['--scene', 'flood'], /--scene is flood and must be one of bank, outage, fulldisk\nusage: /],
      [['--stores', 'oracle'], /--stores is oracle and must be one of mysql, embedded/],
      [['--faults', 'meteor'], /--faults knows powercut, not meteor/],
      [['--steps', 'many'], /--steps is many and must be a whole number from 0/],
      [['--minutes', '0'], /--minutes is 0 and must be a number above 0/],
      [['--loud'], /usage: /],
    ] as const) {
      assert.throws(() => readOptions(args), message);
    }
  });
});
