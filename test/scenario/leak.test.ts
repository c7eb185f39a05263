/** Nothing stays behind: waves of clients and of nodes connect, call and go, and the heap of every process comes back to where it was. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clusterSecret } from '../../src/config/secret';
import { startLeaf } from '../distributed/support';
import { connectClient, ZERO_HEADER } from '../helpers/client';
import { Probe } from './rpc/probe';

const WAVES = 4;
const CLIENTS = 300;
const REQUESTS = 10;
const LEAVES = 40;
const NODES = ['net', 'gate', 'game1'];
/** Of the heap after the first wave; what a connection leaves behind in three waves is more than that from about 600 bytes up. */
const MOST_GROWTH = 0.05;

describe('four waves of connect, call and disconnect', () => {
  it('leave the heap of net, gate and game as the first did', async () => {
    await using probe = await Probe.start({ limits: { connectionsPerAddress: 10_000 } });
    const heaps: number[][] = [];
    for (let wave = 0; wave < WAVES; wave++) {
      await Promise.all(Array.from({ length: CLIENTS }, () => visit(probe)));
      await Promise.all(Array.from({ length: LEAVES }, (_, i) => link(probe, i)));
      await probe.cluster.waitFor(async () => (await probe.cluster.status()).nodes.gate?.children?.length === 3, 'end of all leaves');
      heaps.push(await heapsOf(probe));
    }
    for (const [i, node] of NODES.entries()) {
      const [first = 0, ...later] = heaps.map((heap) => heap[i] ?? 0);
      const growth = (later.at(-1) ?? 0) / first - 1;
      assert.ok(growth < MOST_GROWTH, `${node} grew by ${(100 * growth).toFixed(1)} %: ${[first, ...later].join(', ')} bytes`);
    }
  });
});

/** A client that comes, is answered through all nodes, and goes. */
async function visit(probe: Probe): Promise<void> {
  await using client = await connectClient({ port: probe.cluster.port(10001), header: ZERO_HEADER, deadlineMs: 10_000 });
  for (let i = 0; i < REQUESTS; i++) {
    const answer = await client.request(1, { child: 'game1', target: 'echo', args: ['hello'] });
    assert.equal((JSON.parse(answer.text) as { value: unknown }[])[0]?.value, 'hello');
  }
}

/** A node that links to gate, is answered, and goes. */
async function link(probe: Probe, i: number): Promise<void> {
  const secret = clusterSecret({ dataDir: probe.cluster.dataDir });
  await using leaf = await startLeaf(probe.cluster.port(10000), { name: `visitor${i}`, secret });
  for (let n = 0; n < REQUESTS; n++) assert.equal(await leaf.callRemote('echo', n), n);
}

async function heapsOf(probe: Probe): Promise<number[]> {
  const heaps: number[] = [];
  for (const child of NODES) {
    const [outcome] = await probe.calls({ ...(child === 'gate' ? {} : { child }), target: 'heap' });
    heaps.push(Number(outcome?.value));
  }
  return heaps;
}
