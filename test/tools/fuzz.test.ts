import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fuzz } from '../../tools/fuzz';
import { Random } from '../../tools/lib/fuzz/random';

const MIB = 1024 * 1024;

describe('the frame parsers of links and of clients', () => {
  it('refuse what is no frame and break at nothing: 200,000 frames, spoilt, cut and random; memory stays flat', async (t) => {
    const seed = Date.now() % 1_000_000_000;
    t.diagnostic(`seed ${seed}`);
    const report = await fuzz(200_000, seed, 120, () => {});
    assert.equal(report.failure, undefined, `node tools/fuzz.js --seed ${report.failure?.seed} --frames 1`);
    assert.ok(report.frames >= 200_000);
    assert.ok(report.heapGrowth < 8 * MIB, `the heap grew by ${report.heapGrowth} bytes; node tools/fuzz.js --seed ${seed}`);
  });
});

describe('the numbers of the fuzzer', () => {
  it('come again with their seed and differ without', () => {
    const numbers = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 100 }, () => random.u32());
    };
    assert.deepEqual(numbers(7), numbers(7));
    assert.notDeepEqual(numbers(7), numbers(8));
    assert.equal(new Set(numbers(9)).size, 100);
  });
});
