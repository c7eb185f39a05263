import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, it } from 'node:test';
import { Generation } from '../../../src/server/reload/generation';

describe('a generation', () => {
  it('runs no timer before it starts', async () => {
    const generation = new Generation();
    let ticks = 0;
    generation.every(1, () => ticks++);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(ticks, 0);
    await generation.end();
  });

  it('runs its timers from the start to the end', async () => {
    const generation = new Generation();
    const bell = new EventEmitter();
    let ticks = 0;
    generation.every(1, () => bell.emit('tick', ++ticks));
    generation.start();
    await once(bell, 'tick');
    await generation.end();
    const seen = ticks;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(ticks, seen);
  });

  it('runs a late call once, and not at all when it was cancelled', async () => {
    const generation = new Generation();
    const bell = new EventEmitter();
    generation.start();
    const cancel = generation.after(1, () => bell.emit('cancelled'));
    generation.after(2, () => bell.emit('done'));
    bell.on('cancelled', () => assert.fail('the cancelled call ran'));
    cancel();
    await once(bell, 'done');
    await generation.end();
  });

  it('runs every onUnload hook at its end and tells which failed', async () => {
    const generation = new Generation();
    const ran: string[] = [];
    generation.onUnload(() => ran.push('first'));
    generation.onUnload(() => {
      throw new Error('broken hook');
    });
    generation.onUnload(async () => ran.push('last'));
    const errors = await generation.end();
    assert.deepEqual(ran, ['first', 'last']);
    assert.deepEqual(
      errors.map((error) => (error as Error).message),
      ['broken hook'],
    );
  });

  it('takes no timer after its end', async () => {
    const generation = new Generation();
    generation.start();
    await generation.end();
    generation.every(1, () => assert.fail('it ran'));
    await new Promise((resolve) => setTimeout(resolve, 10));
  });
});
