/** Two nodes read what one writer changes, while memcached is killed, frozen, replaced, emptied, too small, or gets operations late. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Service } from '../../tools/lib/serverprocess';
import { startMemcached } from '../../tools/services';
import { Shelf, type ShelfNode } from './shelf';
import { SlowProxy } from './slowproxy';
import { LEASE_MS, Traffic } from './traffic';

describe('readers of rows and a memcached', () => {
  const services: Service[] = [];
  const start = async (options: Parameters<typeof startMemcached>[0] = {}) => {
    const service = await startMemcached(options);
    services.push(service);
    return service;
  };
  after(() => Promise.all(services.map((service) => service.stop())));

  /** Runs traffic of two nodes; the body makes the faults. */
  const traffic = async (
    service: Service,
    body: (traffic: Traffic, shelf: Shelf, nodes: readonly ShelfNode[]) => Promise<void>,
    urls = { writer: `${service.host}:${service.port}`, node: `${service.host}:${service.port}` },
  ) => {
    await using shelf = await Shelf.open({ memcached: urls.writer, leaseMs: LEASE_MS, timeoutMs: 300 });
    const nodes = [shelf.node(urls.node), shelf.node(urls.node)];
    const load = new Traffic(nodes);
    load.start();
    try {
      await load.hits();
      await body(load, shelf, nodes);
      await load.hits();
    } finally {
      await load.stop();
    }
  };

  it('that works: versions only rise, acknowledged changes are seen at once, and most reads are hits', async () => {
    await traffic(await start(), async (load, _shelf, nodes) => {
      await load.go(5_000);
      for (const node of nodes) {
        const [hit, miss, stale] = await Promise.all(['hits', 'misses', 'stale'].map((name) => node.count(`firefly_cache_${name}_total`)));
        assert.ok((hit ?? 0) > 9 * ((miss ?? 0) + (stale ?? 0)), `${hit} hits, ${miss} misses, ${stale} stale`);
      }
    });
  });

  it('that freezes for a while, again and again', async () => {
    const service = await start();
    await traffic(service, async (load) => {
      for (let i = 0; i < 4; i++) {
        load.faultUntil = Number.POSITIVE_INFINITY;
        await service.freeze();
        await load.go(300);
        service.thaw();
        await load.go(1_000);
        load.faultUntil = performance.now() + 2 * LEASE_MS;
        await load.go(1_000);
      }
    });
  });

  it('that is killed, and another starts empty in its place', async () => {
    let service = await start();
    await traffic(service, async (load) => {
      for (let i = 0; i < 3; i++) {
        load.faultUntil = Number.POSITIVE_INFINITY;
        await service.stop();
        await load.go(500);
        service = await start({ port: service.port });
        await load.go(500);
        load.faultUntil = performance.now() + 2 * LEASE_MS;
      }
    });
  });

  it('that is emptied while they read', async () => {
    const service = await start();
    await traffic(service, async (load, shelf) => {
      for (let i = 0; i < 20; i++) {
        await shelf.client.flushAll();
        await load.go(200);
      }
    });
  });

  it('that has too little room, and throws out what is used', async () => {
    const service = await start({ megabytes: 4 });
    await traffic(service, async (load, shelf) => {
      const filling = { note: 'x'.repeat(10_000) };
      for (let i = 0; i < 40; i++) {
        await Promise.all(Array.from({ length: 50 }, (_, n) => shelf.write(1_000 + i * 50 + n, filling)));
        await load.go(50);
      }
      const there = await shelf.client.getMulti(Array.from({ length: 2_000 }, (_, n) => `tb_item:${1_000 + n}`));
      assert.ok(there.size < 1_000, `${there.size} of 2,000 rows of 10 kB are kept`);
    });
  });

  it('whose network delivers operations late, after their client has given up', async () => {
    const service = await start();
    await using proxy = await SlowProxy.open(service);
    const direct = `${service.host}:${service.port}`;
    await traffic(
      service,
      async (load) => {
        for (let i = 0; i < 4; i++) {
          load.faultUntil = Number.POSITIVE_INFINITY;
          proxy.hold();
          await load.go(2_000);
          proxy.release();
          load.faultUntil = performance.now() + 2 * LEASE_MS;
          await load.go(1_000);
        }
      },
      { writer: proxy.url, node: direct },
    );
  });

  it('that resets connections now and then', async () => {
    const service = await start();
    await using proxy = await SlowProxy.open(service);
    await traffic(
      service,
      async (load) => {
        load.faultUntil = Number.POSITIVE_INFINITY;
        for (let i = 0; i < 10; i++) {
          proxy.reset();
          await load.go(300);
        }
      },
      { writer: proxy.url, node: proxy.url },
    );
  });
});
