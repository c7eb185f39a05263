/** Old code on its way out: what one generation does, or never does, keeps the next one no longer than a deadline. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CallBatches } from '../../../src/metrics/callbatches';
import { Generation } from '../../../src/server/reload/generation';
import { Retired } from '../../../src/server/reload/retired';
import { waitFor } from '../../../tools/lib/wait';
import { heapUsed } from '../../helpers/heap';
import { keptLog } from '../../helpers/log';

const REPLACED = 50_000;

/** One whose timer and hook tell when they run. */
function generation(hook: () => unknown) {
  const it = { ticks: 0, generation: new Generation() };
  it.generation.every(1, () => it.ticks++);
  it.generation.onUnload(hook);
  it.generation.start();
  return it;
}

describe('old code', () => {
  it('leaves nothing behind, however often it is replaced', async () => {
    const { log } = keptLog();
    const retired = new Retired(log, 10_000);
    const calls = new CallBatches();
    const replace = async (times: number) => {
      for (let n = 0; n < times; n++) {
        retired.add(new Generation(), calls.next());
        // Else all of them are under way at once.
        if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await new Promise((resolve) => setImmediate(resolve));
      return heapUsed();
    };
    const first = await replace(2_000);
    const grown = (await replace(REPLACED)) - first;
    assert.ok(grown < 10 * REPLACED, `${grown} bytes after ${REPLACED} replacements`);
    await retired.close();
  });

  it('ends although a hook of the code before it never does', async () => {
    const { log, lines } = keptLog();
    const retired = new Retired(log, 50);
    const calls = new CallBatches();
    const hung = generation(() => new Promise(() => {}));
    const call = calls.begin('asked');
    retired.add(hung.generation, calls.next());
    call?.end();
    let unloaded = false;
    const next = generation(() => {
      unloaded = true;
    });
    retired.add(next.generation, calls.next());
    await waitFor(() => unloaded, 'end of the next one');
    assert.ok(lines.some(({ msg }) => /an onUnload hook of the old code has not ended after 50 ms/.test(String(msg))));
    const { ticks } = next;
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(next.ticks, ticks);
    await retired.close();
  });

  it('ends in the turn of the reload when it has no calls, whatever its hooks do, and is waited for at the close', async () => {
    const { log } = keptLog();
    const retired = new Retired(log, 10_000);
    const calls = new CallBatches();
    let finish = () => {};
    let unloaded = false;
    const slow = generation(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      unloaded = true;
    });
    await waitFor(() => slow.ticks, 'tick');
    const { ticks } = slow;
    retired.add(slow.generation, calls.next());
    const next = generation(() => {});
    retired.add(next.generation, calls.next());
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([slow.ticks, next.ticks], [ticks, 0]);
    const closed = retired.close().then(() => unloaded);
    await new Promise(setImmediate);
    finish();
    assert.equal(await closed, true);
  });
});
