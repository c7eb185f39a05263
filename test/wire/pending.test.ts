import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type PendingCall, PendingCalls } from '../../src/wire/pending';

const nothing = () => {};

function pendingCalls(expired: (call: PendingCall) => void = nothing, lastId = 0) {
  const calls = new PendingCalls(expired, lastId);
  const add = (name: string, timeoutMs = 60_000) => {
    const id = calls.nextId();
    void calls.add(id, name, timeoutMs, 0);
    return id;
  };
  return { calls, add, [Symbol.dispose]: () => void calls.drain() };
}

describe('PendingCalls', () => {
  it('gives each call back once, by its id, whatever else comes and goes', () => {
    const steps = fc.array(fc.record({ answers: fc.boolean(), pick: fc.nat() }), { maxLength: 600 });
    fc.assert(
      fc.property(steps, (steps) => {
        using pending = pendingCalls();
        const waiting = new Map<number, string>();
        for (const { answers, pick } of steps) {
          if (!answers || waiting.size === 0) {
            const name = `call ${pick}`;
            waiting.set(pending.add(name), name);
          } else {
            const id = [...waiting.keys()][pick % waiting.size] ?? 0;
            assert.equal(pending.calls.take(id)?.target, waiting.get(id));
            assert.equal(pending.calls.take(id), undefined, 'a second answer has no call');
            waiting.delete(id);
          }
          assert.equal(pending.calls.size, waiting.size);
        }
        assert.deepEqual(
          pending.calls.drain().map(({ target }) => target),
          [...waiting.values()],
          'in the order they were made',
        );
        assert.equal(pending.calls.size, 0);
      }),
    );
  });

  it('keeps a call that waits long while thousands of others pass by it', () => {
    using pending = pendingCalls();
    const slow = pending.add('slow');
    for (let n = 0; n < 10_000; n++) assert.equal(pending.calls.take(pending.add(`quick ${n}`))?.target, `quick ${n}`);
    assert.equal(pending.calls.size, 1);
    assert.equal(pending.calls.take(slow)?.target, 'slow');
  });

  it('has no call for an id that was never given', () => {
    using pending = pendingCalls();
    const id = pending.add('only');
    for (const other of [0, id + 1, id + 64, 0xffff_ffff]) assert.equal(pending.calls.take(other), undefined);
    assert.equal(pending.calls.size, 1);
  });

  it('begins its ids again behind the largest u32, passes by those that are pending, and knows the order still', () => {
    using pending = pendingCalls(nothing, 0xffff_fffd);
    const ids = Array.from({ length: 5 }, (_, n) => pending.add(`call ${n}`));
    assert.deepEqual(ids, [0xffff_fffe, 0xffff_ffff, 0, 1, 2]);
    assert.equal(pending.calls.take(0)?.target, 'call 2');
    assert.equal(pending.calls.take(0), undefined, 'a call is taken once');
    assert.deepEqual(
      pending.calls.drain().map(({ target }) => target),
      ['call 0', 'call 1', 'call 3', 'call 4'],
    );
  });

  it('settles the promise that belongs to a call', async () => {
    using pending = pendingCalls();
    const { calls } = pending;
    const promises = ['a', 'b', 'c'].map((name) => calls.add(calls.nextId(), name, 60_000, 0));
    for (const call of calls.drain()) {
      if (call.target === 'b') call.reject(new RangeError('b'));
      else call.resolve(call.target);
    }
    const results = await Promise.allSettled(promises);
    assert.deepEqual(
      results.map((result) => (result.status === 'fulfilled' ? result.value : result.reason.message)),
      ['a', 'b', 'c'],
    );
    assert.equal(results[1]?.status, 'rejected');
  });

  it('ends the calls whose deadline has passed, in the order they were made, and no other', async () => {
    const ended: unknown[] = [];
    const expired = new Promise<void>((resolve) => {
      const pending = pendingCalls(({ target }) => {
        if (ended.push(target) === 3) resolve(void pending.calls.drain());
      });
      pending.add('patient');
      for (const name of ['first', 'second', 'third']) pending.add(name, 1);
    });
    await expired;
    assert.deepEqual(ended, ['first', 'second', 'third']);
  });
});
