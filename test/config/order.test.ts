import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ClusterConfig, NodeConfig } from '../../src/config/config';
import { startOrder } from '../../src/config/order';
import { ConfigError } from '../../src/errors';
import { cluster, loadCluster } from './folder';

const STORES = { db: { engine: 'sqlite' }, memcached: { embedded: true } };
const link = (rootname: string) => ({ rootname });

describe('the start order', () => {
  it('is the writer, then roots, then leaves, then what clients connect to', async () => {
    const both = { db: true, mem: true };
    const servers = {
      net: { netport: 11009, remoteport: [link('gate')] },
      game1: { ...both, remoteport: [link('gate')] },
      admin: { ...both, webport: 2012 },
      gate: { ...both, rootport: 10000 },
      dbfront: both,
    };
    assert.deepEqual(startOrder(await loadCluster(cluster(servers, STORES))), [['dbfront'], ['admin', 'gate'], ['game1'], ['net']]);
  });

  it('lets a node with a netport that links to nobody wait for all others', async () => {
    const servers = { net: { netport: 1 }, a: { remoteport: [link('b')] }, b: { rootport: 2 } };
    assert.deepEqual(startOrder(await loadCluster(cluster(servers))), [['b'], ['a'], ['net']]);
  });

  it('starts what links to a net node after it', async () => {
    const servers = { game: { remoteport: [link('net')] }, net: { netport: 1, rootport: 2 }, other: {} };
    assert.deepEqual(startOrder(await loadCluster(cluster(servers))), [['other'], ['net'], ['game']]);
  });

  it('names each node once and never before a root of it, whatever the links', () => {
    // Links only to nodes of a smaller number: no circle.
    const links = fc
      .integer({ min: 1, max: 12 })
      .chain((count) =>
        fc.tuple(
          ...Array.from({ length: count }, (_, at) =>
            fc.record({ net: fc.boolean(), roots: at === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(fc.nat(at - 1)) }),
          ),
        ),
      );
    fc.assert(
      fc.property(links, (drawn) => {
        const nodes = Object.fromEntries(
          drawn.map(({ net, roots }, at) => [
            `n${at}`,
            { name: `n${at}`, roots: roots.map((root) => ({ name: `n${root}` })), ...(net ? { netPort: 1 } : {}) },
          ]),
        ) as unknown as Record<string, NodeConfig>;
        const tiers = startOrder({ nodes } as ClusterConfig);
        const tierOf = new Map(tiers.flatMap((tier, at) => tier.map((name) => [name, at] as const)));
        assert.equal(tiers.flat().length, drawn.length);
        assert.equal(tierOf.size, drawn.length);
        for (const node of Object.values(nodes)) {
          for (const root of node.roots) assert.ok((tierOf.get(root.name) ?? -1) < (tierOf.get(node.name) ?? -1));
        }
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a circle rather than wait for it', () => {
    const nodes = { a: { name: 'a', roots: [{ name: 'b' }] }, b: { name: 'b', roots: [{ name: 'a' }] } };
    assert.throws(
      () => startOrder({ nodes } as unknown as ClusterConfig),
      (error) => error instanceof ConfigError && /a -> b -> a/.test(error.message),
    );
  });
});
