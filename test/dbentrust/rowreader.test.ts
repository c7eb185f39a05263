import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeItem, itemName } from '../../src/dbentrust/cache/cacheitem';
import { EmbeddedMemcached } from '../../src/dbentrust/cache/embedded';
import { StoreDown } from '../../src/errors';
import { waitFor } from '../../tools/lib/wait';
import { Shelf, type ShelfNode, type ShelfOptions, sample, TABLE } from './shelf';
import { SlowProxy } from './slowproxy';

const HOST = '127.0.0.1';

async function shelves(body: (shelf: Shelf, node: ShelfNode) => Promise<void>, options: Partial<ShelfOptions> = {}): Promise<void> {
  const memcached = new EmbeddedMemcached();
  const port = await memcached.listen(0, HOST);
  try {
    await using shelf = await Shelf.open({ memcached: `${HOST}:${port}`, ...options });
    await body(shelf, shelf.node());
  } finally {
    await memcached.close();
  }
}

/** Reads until rows come from memcached. */
async function leased(node: ShelfNode): Promise<void> {
  await node.shelf.write('lease', { stack: 0 });
  await waitFor(async () => (await node.read('lease')).row && (await node.count('firefly_cache_hits_total')) > 0, 'hit');
  node.shelf.loads.length = 0;
}

describe('a node that reads rows', () => {
  it('has what the reads of one turn miss loaded in one call, and each reader gets its own copy', () =>
    shelves(async (shelf, node) => {
      for (let pk = 0; pk < 50; pk++) shelf.rows.set(pk, { version: 1, row: { pk } });
      shelf.version = 1;
      const rows = await Promise.all(Array.from({ length: 100 }, async (_, i) => node.read(i % 50)));
      assert.deepEqual(
        rows.map(({ row }) => row?.pk),
        Array.from({ length: 100 }, (_, i) => i % 50),
      );
      assert.equal(shelf.loads.length, 1);
      assert.equal(shelf.loads[0]?.length, 50);
      assert.notEqual(rows[0]?.row, rows[50]?.row);
    }));

  it('does not join a load that is under way, which may not know what was acknowledged meanwhile', () =>
    shelves(async (shelf, node) => {
      shelf.rows.set(1, { version: 1, row: { stack: 1 } });
      let open = () => {};
      shelf.gate = new Promise((resolve) => {
        open = resolve;
      });
      const first = node.read(1);
      await waitFor(() => shelf.loads.length === 1, 'first load');
      const second = node.read(1);
      await waitFor(() => shelf.loads.length === 2, 'second load');
      open();
      await Promise.all([first, second]);
    }));

  it('is answered by memcached from the first lease on, lists in one request', () =>
    shelves(async (shelf, node) => {
      await leased(node);
      for (let pk = 0; pk < 200; pk++) await shelf.write(pk, { pk });
      const before = await node.count('firefly_cache_hits_total');
      const rows = await node.reader.read(
        TABLE,
        Array.from({ length: 200 }, (_, pk) => pk),
      );
      assert.deepEqual(
        rows.map(({ row }) => row?.pk),
        Array.from({ length: 200 }, (_, pk) => pk),
      );
      assert.equal((await node.count('firefly_cache_hits_total')) - before, 200);
      assert.equal(shelf.loads.length, 0);
    }));

  it('remembers for a while that a row is not there, and sees it when it is', () =>
    shelves(async (shelf, node) => {
      await leased(node);
      assert.equal((await node.read(77)).row, null);
      await waitFor(async () => (await shelf.client.get(itemName(TABLE, 77))) !== undefined, 'tombstone');
      shelf.loads.length = 0;
      assert.equal((await node.read(77)).row, null);
      assert.equal(shelf.loads.length, 0);
      await shelf.write(77, { stack: 1 });
      assert.deepEqual((await node.read(77)).row, { stack: 1 });
      await shelf.write(77, null);
      assert.equal((await node.read(77)).row, null);
      assert.equal(shelf.loads.length, 0);
    }));

  it('trusts no item of another epoch, none that is damaged, and none below what it read or wrote', () =>
    shelves(async (shelf, node) => {
      await leased(node);
      const name = itemName(TABLE, 1);
      const version = await node.write(1, { stack: 5 });
      const items = [
        encodeItem(12_345, 99, { stack: 666 }),
        encodeItem(shelf.cache.epoch, version - 1, { stack: 666 }),
        Buffer.from('not an item at all'),
        encodeItem(shelf.cache.epoch, 99, { stack: 666 }).subarray(0, 15),
      ];
      for (const item of items) {
        const stale = await node.count('firefly_cache_stale_total');
        await shelf.client.set(name, item);
        assert.deepEqual(await node.read(1), { version, row: { stack: 5 } });
        assert.equal(await node.count('firefly_cache_stale_total'), stale + 1);
        await waitFor(async () => (await sample(shelf.metrics, 'firefly_cache_under_way')) === 0, 'fill');
      }
    }));

  it('forgets after two leases what it knew, when nothing older can be trusted any more', async () => {
    let now = 0;
    await shelves(
      async (shelf, node) => {
        await leased(node);
        const version = await node.write(1, { stack: 5 });
        await shelf.client.set(itemName(TABLE, 1), encodeItem(shelf.cache.epoch, version - 1, { stack: 4 }));
        assert.equal((await node.read(1)).version, version);
        now += 4_001;
        await node.write(2, { stack: 5 });
        await waitFor(async () => node.reader.isLeased, 'lease');
        await shelf.client.set(itemName(TABLE, 1), encodeItem(shelf.cache.epoch, version - 1, { stack: 4 }));
        assert.equal((await node.read(1)).version, version - 1);
      },
      { now: () => now },
    );
  });

  it('reads from dbfront when its lease is over, and after an answer that came too late', async () => {
    let now = 0;
    await shelves(
      async (shelf, node) => {
        await leased(node);
        await shelf.write(1, { stack: 1 });
        await node.read(1);
        assert.equal(shelf.loads.length, 0);
        const read = node.read(1);
        now += 1_000; // while memcached answers
        await read;
        assert.equal(shelf.loads.length, 1);
        await node.read(1);
        assert.equal(shelf.loads.length, 2);
      },
      { now: () => now },
    );
  });

  it('asks again for a row that rose while its answer was under way, and refuses to show an older one', () =>
    shelves(async (shelf, node) => {
      await leased(node);
      const version = await node.write(1, { stack: 2 });
      await shelf.client.delete(itemName(TABLE, 1));
      shelf.rows.set(1, { version: version - 1, row: { stack: 1 } });
      await assert.rejects(node.read(1), (error) => error instanceof StoreDown && /older row/.test(error.message));
      assert.equal(shelf.loads.length, 4);
    }));

  it('waits once for a memcached that answers no more, lets it rest, and asks it again when it answers', async () => {
    const memcached = new EmbeddedMemcached();
    const port = await memcached.listen(0, HOST);
    await using proxy = await SlowProxy.open({ host: HOST, port });
    await using shelf = await Shelf.open({ memcached: `${HOST}:${port}` });
    const node = shelf.node(proxy.url);
    await leased(node);
    await shelf.write(1, { stack: 1 });
    proxy.hold('all');
    await Promise.all(Array.from({ length: 20 }, () => node.read(1)));
    let reads = 1; // those of one turn share their load
    while (proxy.heldChunks < 4) {
      await Promise.all([node.read(1), new Promise((resolve) => setImmediate(resolve))]);
      reads += 1;
    }
    assert.equal(await node.count('firefly_cache_lost_total'), 1);
    assert.equal(shelf.loads.length, reads);
    proxy.release();
    const hits = await node.count('firefly_cache_hits_total');
    await waitFor(async () => (await node.read(1)).row && (await node.count('firefly_cache_hits_total')) > hits, 'hit');
    await memcached.close();
  });

  it('can be told to read past memcached', () =>
    shelves(async (shelf, node) => {
      await leased(node);
      await shelf.write(1, { stack: 1 });
      await node.reader.read(TABLE, [1], { fresh: true });
      assert.equal(shelf.loads.length, 1);
    }));
});
