import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QueueFull } from 'firefly-ts';
import { WorkQueue } from '../../../app/gate/accounts/workqueue';

describe('a work queue', () => {
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open, opened };
  };

  it('runs no more at once than it may, and the rest in order', async () => {
    const queue = new WorkQueue('test', 2, 10);
    const gates = Array.from({ length: 5 }, gate);
    const started: number[] = [];
    const done = gates.map(({ opened }, i) =>
      queue.run(async () => {
        started.push(i);
        await opened;
        return i;
      }),
    );
    assert.deepEqual(started, [0, 1]);
    assert.equal(queue.waiting, 3);
    gates[1]?.open();
    await done[1];
    assert.deepEqual(started, [0, 1, 2]);
    for (const { open } of gates) open();
    assert.deepEqual(await Promise.all(done), [0, 1, 2, 3, 4]);
    assert.equal(queue.waiting, 0);
  });

  it('refuses what is beyond its bound without starting it', async () => {
    const queue = new WorkQueue('test', 1, 1);
    const { open, opened } = gate();
    const first = queue.run(() => opened);
    const second = queue.run(async () => 'second');
    await assert.rejects(
      queue.run(async () => assert.fail('was started')),
      QueueFull,
    );
    open();
    await first;
    assert.equal(await second, 'second');
  });

  it('goes on after work that failed', async () => {
    const queue = new WorkQueue('test', 1, 1);
    await assert.rejects(
      queue.run(async () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    assert.equal(await queue.run(async () => 'fine'), 'fine');
  });
});
