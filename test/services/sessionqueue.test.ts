import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { QueueFull } from '../../src/errors';
import { SessionQueue } from '../../src/services/sessionqueue';

function later<T>(): { promise: Promise<T>; end: (value: T) => void; fail: (error: Error) => void } {
  let end: (value: T) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  return { promise, end, fail };
}

describe('SessionQueue', () => {
  it('runs work at once when nothing of the session is pending, and returns what it returns', () => {
    const queue = new SessionQueue('test');
    assert.equal(
      queue.exclusive('a', () => 1),
      1,
    );
    assert.equal(
      queue.inOrder('a', () => 2),
      2,
    );
    assert.throws(
      () =>
        queue.exclusive('a', () => {
          throw new RangeError('at once');
        }),
      RangeError,
    );
    assert.equal(queue.size, 0);
  });

  it('lets a step in order wait for exclusive work, and lets nothing wait for the step', async () => {
    const queue = new SessionQueue('test');
    const [login, forwarded] = [later<string>(), later<string>()];
    const events: string[] = [];
    queue.exclusive('a', () => login.promise);
    const first = queue.inOrder('a', () => {
      events.push('forwarded');
      return forwarded.promise;
    });
    const second = queue.inOrder('a', () => events.push('second'));
    assert.deepEqual(events, []);
    login.end('in');
    await second;
    assert.deepEqual(events, ['forwarded', 'second']);
    forwarded.end('answer');
    assert.equal(await first, 'answer');
    assert.equal(queue.size, 0);
  });

  it('goes on after work that fails, at once or later, and gives each failure to its caller', async () => {
    const queue = new SessionQueue('test');
    const failing = later<void>();
    const first = queue.exclusive('a', () => failing.promise) as Promise<void>;
    const second = queue.exclusive('a', () => {
      throw new RangeError('at once');
    }) as Promise<void>;
    const third = queue.exclusive('a', () => Promise.reject(new TypeError('later'))) as Promise<void>;
    const fourth = queue.exclusive('a', () => 'fine') as Promise<string>;
    const results = Promise.allSettled([first, second, third, fourth]);
    failing.fail(new SyntaxError('first'));
    assert.deepEqual(
      (await results).map((result) => (result.status === 'fulfilled' ? result.value : result.reason.name)),
      ['SyntaxError', 'RangeError', 'TypeError', 'fine'],
    );
    assert.equal(queue.size, 0);
  });

  it('refuses what is above its bound, for that session only', async () => {
    const queue = new SessionQueue('test', 2);
    const slow = later<void>();
    queue.exclusive('a', () => slow.promise);
    const waiting = [queue.exclusive('a', () => 1), queue.inOrder('a', () => 2)];
    assert.throws(() => queue.exclusive('a', () => 3), QueueFull);
    assert.throws(() => queue.inOrder('a', () => 3), QueueFull);
    assert.equal(
      queue.exclusive('b', () => 4),
      4,
    );
    slow.end();
    assert.deepEqual(await Promise.all(waiting), [1, 2]);
  });

  it('loses nothing when work starts more of its own session before it is pending', async () => {
    const queue = new SessionQueue('test');
    const [inner, outer] = [later<void>(), later<void>()];
    const events: string[] = [];
    const queued: unknown[] = [];
    const run = queue.exclusive('a', () => {
      queue.exclusive('a', () => inner.promise);
      queued.push(queue.exclusive('a', () => events.push('queued by it')));
      return outer.promise;
    });
    const after = queue.exclusive('a', () => events.push('after'));
    inner.end();
    await inner.promise;
    assert.deepEqual(events, [], 'the outer work is still pending');
    outer.end();
    await Promise.all([run, after, ...queued]);
    assert.deepEqual(events, ['queued by it', 'after']);
    assert.equal(queue.size, 0);
  });

  it('never runs two pieces of exclusive work of a session at once, and keeps their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ session: fc.integer({ min: 0, max: 2 }), turns: fc.integer({ min: 0, max: 3 }) }), { maxLength: 40 }),
        async (works) => {
          const queue = new SessionQueue('test');
          const running = new Map<number, number>();
          const order = new Map<number, number[]>();
          await Promise.all(
            works.map(({ session, turns }, index) =>
              queue.exclusive(session, () => {
                assert.equal(running.get(session) ?? 0, 0);
                order.set(session, [...(order.get(session) ?? []), index]);
                if (turns === 0) return index;
                running.set(session, 1);
                return (async () => {
                  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
                  running.set(session, 0);
                })();
              }),
            ),
          );
          for (const indices of order.values())
            assert.deepEqual(
              indices,
              [...indices].sort((a, b) => a - b),
            );
          assert.equal(queue.size, 0);
        },
      ),
    );
  });
});
