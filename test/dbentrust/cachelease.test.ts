import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { CacheLease } from '../../src/dbentrust/reading/cachelease';
import { waitFor } from '../../tools/lib/wait';

describe('a lease of the cache epoch', () => {
  it('lasts from when the question was sent, however late the answer is', async () => {
    let now = 0;
    let answer: (epoch: number) => void = () => {};
    const lease = new CacheLease({
      ask: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      leaseMs: 1_000,
      now: () => now,
    });
    assert.equal(lease.use(), 0);
    now = 700;
    answer(42);
    await turn();
    assert.equal(lease.use(), 42);
    now = 999;
    assert.equal(lease.use(), 42);
    now = 1_000;
    assert.equal(lease.use(), 0);
    assert.equal(lease.held, false);
    lease.close();
  });

  it('is renewed while it is used, by one question at a time, and ends when nobody answers', async () => {
    let asked = 0;
    let underWay = 0;
    let isDown = false;
    const lease = new CacheLease({
      ask: async () => {
        asked += 1;
        underWay += 1;
        assert.equal(underWay, 1);
        await turn();
        underWay -= 1;
        if (isDown) throw new Error('down');
        return 7;
      },
      leaseMs: 200,
      now: () => performance.now(),
    });
    await waitFor(() => lease.use() === 7, 'lease');
    await waitFor(() => asked > 5 && lease.use() === 7, 'renewals');
    isDown = true;
    await waitFor(() => lease.use() === 0, 'end of the lease');
    isDown = false;
    await waitFor(() => lease.use() === 7, 'lease again');
    await waitFor(() => !lease.held, 'end of the questions when nobody reads');
    const last = asked;
    assert.equal(lease.use(), 0);
    await waitFor(() => asked > last, 'question after a pause');
    lease.close();
  });

  it('of epoch 0 is none', async () => {
    const lease = new CacheLease({ ask: async () => 0, leaseMs: 1_000, now: () => 0 });
    lease.use();
    await turn();
    assert.equal(lease.use(), 0);
    assert.equal(lease.held, false);
    lease.close();
  });
});
