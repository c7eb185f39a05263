import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PendingCall, PendingCalls } from '../../src/wire/pending';

const call = (target: string) =>
  new PendingCall(
    target,
    60_000,
    0,
    () => {},
    () => {},
  );

describe('ids of calls', () => {
  it('begin again behind the largest u32 and pass by those that are still pending', () => {
    const calls = new PendingCalls(() => {}, 0xffff_fffd);
    const old = call('old');
    calls.add(0, old);
    calls.add(1, call('old too'));
    const ids = Array.from({ length: 4 }, (_, n) => {
      const id = calls.nextId();
      calls.add(id, call(`new ${n}`));
      return id;
    });
    assert.deepEqual(ids, [0xffff_fffe, 0xffff_ffff, 2, 3]);
    assert.equal(calls.take(0), old);
    assert.equal(calls.take(0), undefined, 'a call is taken once');
    assert.deepEqual(
      calls.drain().map(({ target }) => target),
      ['old too', 'new 0', 'new 1', 'new 2', 'new 3'],
    );
    assert.equal(calls.size, 0);
  });
});
