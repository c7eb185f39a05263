/** Two nodes read what one writer changes, while memcached is killed, frozen, replaced, emptied, too small, or gets operations late. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '../../tools/lib/wait';
import { type Service, startMemcached } from '../../tools/services';
import { Shelf, type ShelfNode } from './shelf';
import { SlowProxy } from './slowproxy';

const LEASE_MS = 1_000;
/** Some rows change all the time; what memcached has of the others stays there for long. */
const HOT_KEYS = 20;
const KEYS = 600;

interface Acknowledged {
  readonly version: number;
  readonly at: number;
}

/** Writes and reads as fast as they are answered, and checks what each reader may see. What a reader must not have seen rejects `go` and `stop`. */
class Traffic {
  readonly #nodes: readonly ShelfNode[];
  readonly #acknowledged = new Map<number, Acknowledged[]>();
  #isOver = false;
  #tasks: Promise<unknown>[] = [];
  reads = 0;
  writes = 0;
  /** Until then an acknowledged change may be seen late by other nodes. */
  faultUntil = 0;
  #seed = 1;

  constructor(nodes: readonly ShelfNode[]) {
    this.#nodes = nodes;
  }

  start(): void {
    for (const node of this.#nodes) {
      const known = new Map<number, number>();
      this.#tasks.push(this.#write(node, known));
      for (let i = 0; i < 4; i++) this.#tasks.push(this.#watch(node, known));
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#tasks);
  }

  /** Lets traffic run until so many more reads and writes were made. */
  async go(reads: number): Promise<void> {
    const [readsBefore, writesBefore] = [this.reads, this.writes];
    const more = () => this.reads - readsBefore >= reads && this.writes - writesBefore >= reads / 20;
    await Promise.race([waitFor(more, 'traffic', 60_000), ...this.#tasks]);
    if (!more()) await Promise.all(this.#tasks);
  }

  #random(below: number): number {
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((this.#seed / 2_147_483_648) * below);
  }

  #key(): number {
    return this.#random(2) === 0 ? this.#random(HOT_KEYS) : this.#random(KEYS);
  }

  async #write(node: ShelfNode, known: Map<number, number>): Promise<void> {
    while (!this.#isOver) {
      const pk = this.#key();
      const version = await node.write(pk, this.#random(10) === 0 ? null : { pk, filling: 'x'.repeat(this.#random(300)) });
      const list = this.#acknowledged.get(pk) ?? [];
      list.push({ version, at: performance.now() });
      this.#acknowledged.set(pk, list);
      known.set(pk, Math.max(known.get(pk) ?? 0, version));
      this.writes += 1;
      await delay(1);
    }
  }

  /** @param known what this node read and wrote: what it reads later must not be older */
  async #watch(node: ShelfNode, known: Map<number, number>): Promise<void> {
    while (!this.#isOver) {
      const pks = Array.from({ length: 1 + this.#random(3) }, () => this.#key());
      const begun = performance.now();
      const floors = pks.map((pk) => Math.max(known.get(pk) ?? 0, this.#visible(pk, begun)));
      const rows = await node.reader.read('tb_item', pks);
      for (const [at, pk] of pks.entries()) {
        const version = rows[at]?.version ?? -1;
        const floor = floors[at] ?? 0;
        assert.ok(version >= floor, `row ${pk} was read at version ${version}, and ${floor} was known or due when the read began`);
        known.set(pk, Math.max(known.get(pk) ?? 0, version));
      }
      this.reads += 1;
      await delay(this.reads % 50 === 0 ? 1 : 0);
    }
  }

  /** The newest version that everybody has to see now: acknowledged, and for one lease where memcached may have failed. */
  #visible(pk: number, now: number): number {
    const due = now < this.faultUntil ? now - LEASE_MS : now;
    return this.#acknowledged.get(pk)?.findLast(({ at }) => at < due)?.version ?? 0;
  }
}

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
      await hits(load, nodes);
      await body(load, shelf, nodes);
      await hits(load, nodes);
    } finally {
      await load.stop();
    }
  };

  /** Waits until every node reads from memcached. */
  const hits = async (load: Traffic, nodes: readonly ShelfNode[]) => {
    for (const node of nodes) {
      const before = await node.count('firefly_cache_hits_total');
      await waitFor(async () => (await node.count('firefly_cache_hits_total')) > before + 50, 'hits', 30_000);
    }
    await load.go(500);
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
