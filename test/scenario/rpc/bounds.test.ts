/** Promise 4 of RPC: calls in flight and queued bytes are bounded per link; at the bound new calls are refused and nothing grows. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { clusterSecret } from '../../../src/config/secret';
import { PeerDown, QueueFull } from '../../../src/errors';
import { LIMITS, type Peer, startLeaf, startPeer, type TestLeaf } from '../../distributed/support';
import { heapUsed } from '../../helpers/heap';
import { Probe } from './probe';

const limits = { ...LIMITS, rpcInFlight: 1_000, rpcQueuedBytes: 1_000_000, rpcFrameBytes: 500_000 };
const MIB = 1024 * 1024;

describe('a hot caller', () => {
  let peer: Peer;
  let leaf: TestLeaf;
  before(async () => {
    peer = await startPeer('root');
    leaf = await startLeaf(peer.port, { limits });
  });
  after(async () => {
    await leaf[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  it('at the bound of calls in flight gets QueueFull at once, surely not executed, and memory stays flat, where moleculer died of its promises', async () => {
    const ended: Promise<unknown>[] = [];
    for (let i = 0; i < limits.rpcInFlight; i++) ended.push(leaf.callRemote('never', i).catch((error) => error));
    await leaf.callRemote('echo', 1).catch(() => {});
    const heap = heapUsed();
    const { rss } = process.memoryUsage();
    let refused = 0;
    for (let i = 0; i < 50_000; i++) {
      const error = await leaf.callRemote('never', 'x'.repeat(1000)).catch((reason) => reason);
      if (error instanceof QueueFull && !error.maybeExecuted) refused++;
    }
    assert.equal(refused, 50_000);
    const grown = heapUsed() - heap;
    assert.ok(grown < MIB, `the heap grew by ${grown} bytes`);
    assert.ok(process.memoryUsage().rss - rss < 100 * MIB, 'and so did no other memory');
    await peer.kill();
    assert.ok(
      (await Promise.all(ended)).every((error) => error instanceof PeerDown),
      'those in flight settle when the peer goes',
    );
  });

  it('at the bound of queued bytes of a peer that does not read gets QueueFull, and gets through once it reads again', async () => {
    await using frozen = await startPeer('root');
    await using sender = await startLeaf(frozen.port, { limits: { ...limits, rpcInFlight: 100_000, deadAfterMs: 60_000 } });
    assert.equal(await sender.callRemote('echo', 1), 1);
    frozen.process.kill('SIGSTOP');
    const bytes = Buffer.alloc(50_000);
    const results: Promise<unknown>[] = [];
    let refused = 0;
    let before = 0;
    for (let i = 0; i < 20_000; i++) {
      const call = sender.callRemote('echo', bytes);
      results.push(
        call.then(
          () => 'answered',
          (error) => {
            if (error instanceof QueueFull) refused++;
            return error;
          },
        ),
      );
      if (i % 100 === 0) await turn();
      // The kernel's buffers are full by now.
      if (i === 10_000) before = heapUsed() + process.memoryUsage().arrayBuffers;
    }
    const grown = heapUsed() + process.memoryUsage().arrayBuffers - before;
    assert.ok(refused > 15_000, `${refused} refused`);
    assert.ok(grown < 20 * MIB, `memory grew by ${grown} bytes`);
    // One peer that does not read holds nobody else up, where Pitaya's pusher waits for it.
    await using other = await startPeer('root');
    await using reader = await startLeaf(other.port, { limits });
    assert.equal(await reader.callRemote('echo', 'not held up'), 'not held up');
    frozen.process.kill('SIGCONT');
    const all = await Promise.all(results);
    assert.equal(all.filter((result) => result === 'answered').length, all.length - refused, 'what was taken is answered');
    assert.equal(await sender.callRemote('echo', 'again'), 'again');
  });
});

describe('handlers that never end', () => {
  it('hold no more than their places: calls above are refused on that link alone, the log says so, and a new link has all places', async () => {
    await using probe = await Probe.start({ limits: { rpcInFlight: 50, rpcDeadlineMs: 300, heartbeatMs: 100 } });
    const echo = async () => (await probe.call('echo', 'through')).value;
    const stuck = await probe.calls({ target: 'never', times: 50 });
    assert.ok(
      stuck.every(({ error, maybeExecuted }) => error === 'Deadline' && maybeExecuted),
      JSON.stringify(stuck[0]),
    );
    const refused = await probe.calls({ target: 'echo', args: [1], times: 20 });
    assert.ok(
      refused.every(({ error, maybeExecuted }) => error === 'QueueFull' && !maybeExecuted),
      JSON.stringify(refused[0]),
    );
    await probe.cluster.waitForLine(
      /gate WARN calls of net refused: 50 handlers are under way \(limit rpcInFlight\); look for one that never ends/,
    );
    const secret = clusterSecret({ dataDir: probe.cluster.dataDir });
    await using other = await startLeaf(probe.cluster.port(10000), { name: 'game9', secret });
    assert.equal(await other.callRemote('echo', 'on another link'), 'on another link');
    await probe.replaceNet();
    assert.equal(await echo(), 'through');
  });
});
