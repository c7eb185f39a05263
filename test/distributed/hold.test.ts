/** Calls to a node that is restarted: kept in order, bounded, copied, and ended when it does not come back. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import pino from 'pino';
import { Hold } from '../../src/distributed/hold';
import { NoSuchTarget, PeerDown, QueueFull, TooLarge } from '../../src/errors';
import { currentTrace, runInTrace } from '../../src/log/trace';
import { waitFor } from '../../tools/lib/wait';
import { LIMITS, mapTarget, startLeaf, startRoot, TestLeaf } from './support';

const log = pino({ level: 'silent' });
const LONG_MS = 60_000;
const hold = (limits: Partial<typeof LIMITS> = {}, lifeMs = LONG_MS, over = () => {}) =>
  new Hold({ peer: 'game1', limits: { ...LIMITS, ...limits }, log, lifeMs, over });

describe('a held peer', () => {
  it('gets everything in the order in which it was sent, calls and notifications, and what comes later behind it', async () => {
    const seen: unknown[] = [];
    await using root = await startRoot();
    mapTarget(root, 'take', (n: number) => seen.push(n));
    await using leaf = await startLeaf(root.port);
    assert.equal(await leaf.hold(LONG_MS, 5_000), 0);
    const first = leaf.callRemote('take', 1);
    leaf.notifyRemote('take', 2);
    const third = leaf.callRemote('take', 3);
    await delay(20);
    assert.deepEqual(seen, []);
    assert.deepEqual(leaf.release(), { sent: 3, ended: 0 });
    const fourth = leaf.callRemote('take', 4);
    assert.deepEqual(await Promise.all([first, third, fourth]), [1, 3, 4]);
    assert.deepEqual(seen, [1, 2, 3, 4]);
  });

  it('has its answers in the order of the calls, held or not', async () => {
    await using root = await startRoot();
    mapTarget(root, 'echo', (n: number) => n);
    await using leaf = await startLeaf(root.port);
    await leaf.hold(LONG_MS, 5_000);
    const answers: unknown[] = [];
    const ask = async (n: number) => void answers.push(await leaf.callRemote('echo', n));
    const asked = [ask(1), ask(2)];
    leaf.release();
    asked.push(ask(3), ask(4));
    await Promise.all(asked);
    assert.deepEqual(answers, [1, 2, 3, 4]);
  });

  it('gets each call in the trace of the request that made it, and the rest in none', () => {
    const held = hold();
    const calls = ['a', 'b', undefined].map((name) => {
      const work = () => void held.call('take', [name]).catch(() => {});
      if (name) runInTrace({ trace: name.repeat(32), span: name.repeat(16) }, work);
      else work();
      return name?.repeat(32);
    });
    const sent: unknown[] = [];
    const link = { callLater: () => void sent.push(currentTrace()?.trace), notify: () => {} };
    runInTrace({ trace: 'c'.repeat(32), span: 'c'.repeat(16) }, () => held.release(link));
    assert.deepEqual(sent, calls);
  });

  it('may be a child, linked or not: it gets what was sent once it has linked again', async () => {
    await using root = await startRoot();
    const seen: unknown[] = [];
    {
      await using leaf = await startLeaf(root.port);
      assert.equal(await root.holdChild(leaf.getName(), LONG_MS, 5_000), 0);
      assert.deepEqual(root.childsmanager.choosable(), []);
    }
    await waitFor(() => root.childsmanager.names().length === 0, 'end of the link');
    assert.deepEqual(root.childsmanager.returning(), ['game1']);
    const call = root.callChild('game1', 'take', 1);
    root.notifyChild('game1', 'take', 2);
    await using leaf = new TestLeaf();
    mapTarget(leaf, 'take', (n: number) => seen.push(n));
    leaf.connect({ host: '127.0.0.1', port: root.port });
    await leaf.whenUp(5_000);
    await waitFor(() => root.childsmanager.names().length === 1, 'the new link');
    const later = root.childsmanager.getChildByName('game1')?.call('take', [3]);
    assert.deepEqual(root.releaseChild('game1'), { sent: 3, ended: 0 });
    assert.deepEqual(await Promise.all([call, later]), [1, 3]);
    assert.deepEqual(seen, [1, 2, 3]);
    assert.deepEqual(root.childsmanager.choosable(), ['game1']);
  });

  it('may be a child that somebody kept: it is as dead as its link, and leaves nobody waiting', async () => {
    await using root = await startRoot();
    const leaf = await startLeaf(root.port);
    const kept = root.childsmanager.getChildByName('game1');
    assert.ok(kept);
    await root.holdChild('game1', LONG_MS, 5_000);
    const held = kept.call('echo', [1]);
    await leaf.close('restart');
    await waitFor(() => root.childsmanager.names().length === 0, 'end of the link');
    await assert.rejects(kept.call('echo', [2]), (error) => error instanceof PeerDown && !error.maybeExecuted);
    assert.throws(() => kept.notify('echo', [3]), PeerDown);
    await using again = new TestLeaf();
    mapTarget(again, 'echo', (n: number) => n);
    again.connect({ host: '127.0.0.1', port: root.port });
    await waitFor(() => root.childsmanager.names().length === 1, 'the new link');
    assert.deepEqual(root.releaseChild('game1'), { sent: 1, ended: 0 });
    assert.equal(await held, 1);
    await assert.rejects(kept.call('echo', [4]), PeerDown);
  });

  it('has a whole new hold at the next restart, also when the one before was not released', async () => {
    await using root = await startRoot({ limits: { ...LIMITS, holdMs: 20 } });
    await using leaf = await startLeaf(root.port, { limits: { ...LIMITS, holdMs: 20 } });
    const ends = [
      { hold: (lifeMs: number) => leaf.hold(lifeMs, 5_000), call: () => leaf.callRemote('a'), release: () => leaf.release() },
      {
        hold: (lifeMs: number) => root.holdChild('game1', lifeMs, 5_000),
        call: () => root.callChild('game1', 'a'),
        release: () => root.releaseChild('game1'),
      },
    ];
    for (const { hold, call, release } of ends) {
      await hold(500);
      await assert.rejects(call(), PeerDown);
      await hold(LONG_MS);
      // The time of the first is over by then.
      await delay(700);
      const held = call();
      assert.deepEqual(release(), { sent: 1, ended: 0 });
      await assert.rejects(held, NoSuchTarget);
    }
  });

  it('is waited for until what was sent before is answered', async () => {
    await using root = await startRoot();
    let answer: (() => void) | undefined;
    const slow = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      });
    mapTarget(root, 'slow', slow);
    await using leaf = await startLeaf(root.port);
    const call = leaf.callRemote('slow');
    await waitFor(() => answer, 'the call there');
    assert.ok((await leaf.hold(LONG_MS, 30)) > 0, 'it has no answer at the deadline');
    const held = leaf.hold(LONG_MS, LONG_MS);
    answer?.();
    await call;
    assert.equal(await held, 0);
  });
});

describe('a hold', () => {
  it('refuses more calls than its bound, and more bytes', async () => {
    const few = hold({ heldCalls: 2 });
    const waiting = [few.call('a', []), few.call('b', [])];
    await assert.rejects(few.call('c', []), QueueFull);
    const small = hold({ heldBytes: 1_000 });
    small.notify('a', [Buffer.alloc(900)]);
    assert.throws(() => small.notify('b', [Buffer.alloc(900)]), QueueFull);
    const narrow = hold({ rpcFrameBytes: 1_000 });
    await assert.rejects(narrow.call('a', [Buffer.alloc(2_000)]), TooLarge);
    for (const each of [few, small, narrow]) each.release(undefined);
    for (const call of waiting) await assert.rejects(call, PeerDown);
  });

  it('ends a call that has waited long enough, surely not executed, and keeps notifications', async () => {
    const short = hold({ holdMs: 20 });
    short.notify('told', []);
    await assert.rejects(short.call('asked', []), (error: PeerDown) => error instanceof PeerDown && !error.maybeExecuted);
    assert.equal(short.size, 1);
    assert.deepEqual(short.release(undefined), { sent: 0, ended: 2 });
  });

  it('ends no call for a time in which this process stood still: its release is read first', async () => {
    const held = hold({ holdMs: 1_000 });
    const call = held.call('asked', []);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    // Timers that are due run before what has come is read.
    await delay(1);
    assert.equal(held.size, 1);
    const sent: unknown[] = [];
    held.release({ callLater: (target, _args, left, { resolve }) => resolve(sent.push(target, left > 0)), notify: () => {} });
    await call;
    assert.deepEqual(sent, ['asked', true]);
  });

  it('sends what was there when the call was made', async () => {
    const sent: unknown[] = [];
    const held = hold();
    const args = [{ coins: 1 }, Buffer.from('as it was')];
    held.notify('pay', args);
    (args[0] as { coins: number }).coins = 2;
    (args[1] as Buffer).fill(0);
    held.release({ callLater: () => {}, notify: (_target, values) => void sent.push(values) });
    assert.deepEqual(sent, [[{ coins: 1 }, Buffer.from('as it was')]]);
  });

  it('is over by itself after its longest time', async () => {
    let isOver = false;
    const held = hold({}, 20, () => {
      isOver = true;
    });
    await waitFor(() => isOver, 'its end');
    held.release(undefined);
  });

  it('takes nothing more once it is released', async () => {
    const held = hold();
    held.release(undefined);
    await assert.rejects(held.call('asked', []), (error) => error instanceof PeerDown && !error.maybeExecuted);
    assert.throws(() => held.notify('told', []), PeerDown);
    assert.equal(held.size, 0);
  });

  it('lasts also when its longest time is more than a timer takes', async () => {
    let isOver = false;
    const held = hold({}, 2 ** 31, () => {
      isOver = true;
    });
    await delay(20);
    held.renew(2 ** 31);
    await delay(20);
    assert.equal(isOver, false);
    held.release(undefined);
  });
});
