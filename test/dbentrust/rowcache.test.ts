import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeItem, itemName } from '../../src/dbentrust/cache/cacheitem';
import { EmbeddedMemcached } from '../../src/dbentrust/cache/embedded';
import { waitFor } from '../../tools/lib/wait';
import { Shelf, sample, TABLE } from './shelf';
import { SlowProxy } from './slowproxy';

const HOST = '127.0.0.1';

async function shelves(body: (shelf: Shelf, memcached: EmbeddedMemcached, proxy: SlowProxy) => Promise<void>): Promise<void> {
  const memcached = new EmbeddedMemcached({ itemBytes: 10_000 });
  const port = await memcached.listen(0, HOST);
  await using proxy = await SlowProxy.open({ host: HOST, port });
  await using shelf = await Shelf.open({ memcached: proxy.url, leaseMs: 60_000 });
  try {
    await body(shelf, memcached, proxy);
  } finally {
    await memcached.close();
  }
}

/** What memcached holds of a row and a reader of this moment's epoch trusts. */
async function trusted(shelf: Shelf, pk: number) {
  const item = await shelf.client.get(itemName(TABLE, pk));
  return item && decodeItem(item, shelf.cache.epoch);
}

describe('rows on their way to memcached', () => {
  it('arrive in the order of their versions, and are acknowledged when they are there', () =>
    shelves(async (shelf) => {
      await Promise.all(
        Array.from({ length: 200 }, async (_, stack) => {
          const version = await shelf.write(1, { stack });
          const there = await trusted(shelf, 1);
          assert.ok(there && there.version >= version);
        }),
      );
      assert.deepEqual(await trusted(shelf, 1), { version: 200, row: { stack: 199 } });
      assert.equal(await sample(shelf.metrics, 'firefly_cache_under_way'), 0);
    }));

  it('of one turn leave in one write', () =>
    shelves(async (shelf, _memcached, proxy) => {
      proxy.hold();
      const writes = Array.from({ length: 100 }, (_, pk) => shelf.write(pk, { stack: pk }));
      await waitFor(() => proxy.heldChunks > 0, 'request');
      assert.equal(proxy.heldChunks, 1);
      proxy.release();
      await Promise.all(writes);
      assert.deepEqual((await trusted(shelf, 99))?.row, { stack: 99 });
    }));

  it('leave a tombstone where a row was deleted, and nothing where it was evicted', () =>
    shelves(async (shelf) => {
      await shelf.write(1, { stack: 1 });
      const version = await shelf.write(1, null);
      assert.deepEqual(await trusted(shelf, 1), { version, row: null });
      await shelf.cache.remove(itemName(TABLE, 1), version);
      assert.equal(await trusted(shelf, 1), undefined);
    }));

  it('that are too large take the older item away, which is no failure', () =>
    shelves(async (shelf) => {
      const epoch = shelf.cache.epoch;
      await shelf.write(1, { note: 'short' });
      await shelf.write(1, { note: 'x'.repeat(20_000) });
      assert.equal(await shelf.client.get(itemName(TABLE, 1)), undefined);
      assert.equal(shelf.cache.epoch, epoch);
      assert.equal(await sample(shelf.metrics, 'firefly_cache_epochs_total'), 0);
    }));

  it('that are too large harm none that leave with them', () =>
    shelves(async (shelf) => {
      await Promise.all(Array.from({ length: 50 }, (_, pk) => shelf.write(pk, { note: 'x'.repeat(pk === 25 ? 20_000 : 10) })));
      for (let pk = 0; pk < 50; pk++) assert.equal((await trusted(shelf, pk)) !== undefined, pk !== 25, `row ${pk}`);
      assert.equal(await sample(shelf.metrics, 'firefly_cache_epochs_total'), 0);
    }));

  it('that were only read never overtake a change', () =>
    shelves(async (shelf, _memcached, proxy) => {
      const name = itemName(TABLE, 1);
      proxy.hold();
      shelf.cache.fill(name, 1, { stack: 1 });
      const written = shelf.cache.put(name, 2, { stack: 2 });
      shelf.cache.fill(name, 1, { stack: 1 });
      assert.equal(await sample(shelf.metrics, 'firefly_cache_fills_dropped_total'), 1);
      proxy.release();
      await written;
      assert.deepEqual(await trusted(shelf, 1), { version: 2, row: { stack: 2 } });
    }));

  it('that were only read are dropped beyond the bound', () =>
    shelves(async (shelf, _memcached, proxy) => {
      proxy.hold();
      for (let pk = 0; pk < 5_000; pk++) shelf.cache.fill(itemName(TABLE, pk), 1, { stack: 1 });
      assert.equal(await sample(shelf.metrics, 'firefly_cache_under_way'), 4_096);
      assert.equal(await sample(shelf.metrics, 'firefly_cache_fills_dropped_total'), 5_000 - 4_096);
      proxy.release();
    }));
});

describe('the cache epoch', () => {
  it('is another after an operation without an answer; what was held up and arrives later is of the old one', () =>
    shelves(async (shelf, _memcached, proxy) => {
      await shelf.write(1, { stack: 1 });
      const epoch = shelf.cache.epoch;
      proxy.hold();
      await shelf.write(1, { stack: 2 });
      assert.equal(shelf.cache.epoch, 0);
      await waitFor(() => shelf.cache.usable, 'answer of memcached');
      assert.notEqual(shelf.cache.epoch, epoch);
      await shelf.write(1, { stack: 3 });
      assert.deepEqual((await trusted(shelf, 1))?.row, { stack: 3 });
      proxy.release();
      const name = itemName(TABLE, 1);
      await waitFor(async () => decodeItem((await shelf.client.get(name)) ?? Buffer.alloc(0), epoch), 'the late operation');
      assert.equal(await trusted(shelf, 1), undefined);
      assert.equal(await sample(shelf.metrics, 'firefly_cache_epochs_total'), 1);
    }));

  it('is not given while an operation is older than a lease, whether or not a timer has said so', async () => {
    const memcached = new EmbeddedMemcached();
    const port = await memcached.listen(0, HOST);
    await using proxy = await SlowProxy.open({ host: HOST, port });
    let now = 0;
    await using shelf = await Shelf.open({ memcached: proxy.url, timeoutMs: 60_000, now: () => now });
    const { epoch } = shelf.cache;
    proxy.hold();
    const written = shelf.write(1, { stack: 1 });
    now = 999;
    assert.equal(shelf.cache.epoch, epoch);
    now = 1_000;
    assert.equal(shelf.cache.epoch, 0);
    proxy.release();
    await written;
    await waitFor(() => shelf.cache.epoch, 'new epoch');
    assert.notEqual(shelf.cache.epoch, epoch);
    await memcached.close();
  });

  it('is none while memcached is away, and writes do not wait for it', () =>
    shelves(async (shelf, memcached) => {
      await memcached.close();
      for (let stack = 0; stack < 50; stack++) await shelf.write(1, { stack });
      assert.equal(shelf.cache.epoch, 0);
      assert.equal(await sample(shelf.metrics, 'firefly_cache_epochs_total'), 1);
    }));
});
