import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Backoff } from '../../src/distributed/backoff';

/** Waits lie between half and the whole of what they would be without jitter. */
function assertWait(ms: number, whole: number): void {
  assert.ok(ms >= whole / 2 && ms <= whole, `${ms} of ${whole}`);
}

describe('the wait before the next dial', () => {
  it('doubles up to the longest, for ever, and is the least again after a good link', () => {
    const backoff = new Backoff(50, 5_000);
    for (let round = 0; round < 2; round++) {
      for (const whole of [50, 100, 200, 400, 800, 1_600, 3_200]) assertWait(backoff.next(), whole);
      for (let n = 0; n < 100_000; n++) assertWait(backoff.next(), 5_000);
      assertWait(backoff.slowest(), 5_000);
      backoff.reset();
    }
  });

  it('differs from leaf to leaf, so that they do not all come at once', () => {
    const waits = Array.from({ length: 100 }, () => new Backoff(1_000, 5_000).next());
    assert.ok(new Set(waits).size > 90);
  });
});
