import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PeerDown } from '../../src/errors';
import { hookOf, LIMITS, startLeaf, startPeer, startRoot } from './support';

const isDown = (result: PromiseSettledResult<unknown>) => result.status === 'rejected' && result.reason instanceof PeerDown;

describe('between processes', () => {
  it('calls settle with their values, many in flight, both ways', async () => {
    await using peer = await startPeer('root');
    await using leaf = await startLeaf(peer.port);
    const calls = Array.from({ length: 5000 }, (_, i) => leaf.callRemote(i % 2 ? 'echo' : 'echoLater', i));
    assert.deepEqual(
      await Promise.all(calls),
      calls.map((_, i) => i),
    );
    await using root = await startRoot();
    const linked = hookOf(root, 'doChildConnect');
    await using _child = await startPeer('leaf', root.port);
    await linked;
    assert.deepEqual(await root.callChild('game1', 'echo', Buffer.from('bytes')), Buffer.from('bytes'));
  });

  it('a killed root rejects every pending call, and its leaf links to the next one on that port by itself', async () => {
    await using peer = await startPeer('root');
    await using leaf = await startLeaf(peer.port);
    const calls = Promise.allSettled(Array.from({ length: 100 }, () => leaf.callRemote('never')));
    await leaf.callRemote('echo', 1);
    const down = new Promise<{ code: string }>((resolve) => leaf.onDown(resolve));
    await peer.kill();
    const results = await calls;
    assert.ok(results.every((r) => isDown(r) && r.status === 'rejected' && r.reason.maybeExecuted));
    assert.equal((await down).code, 'lost');
    await using _next = await startPeer('root', peer.port);
    await leaf.whenUp(5000);
    assert.equal(await leaf.callRemote('echo', 'back'), 'back');
  });

  it('a killed leaf rejects every pending call of its root', async () => {
    await using root = await startRoot();
    await using peer = await startPeer('leaf', root.port);
    const calls = Promise.allSettled(Array.from({ length: 100 }, () => root.callChild('game1', 'never')));
    await root.callChild('game1', 'echo', 1);
    await peer.kill();
    assert.ok((await calls).every(isDown));
    await assert.rejects(root.callChild('game1', 'echo', 1), PeerDown);
  });

  it('a frozen peer is found by heartbeats, its calls end, and it links again when it thaws', async () => {
    await using peer = await startPeer('root');
    await using leaf = await startLeaf(peer.port, { limits: { ...LIMITS, heartbeatMs: 50, deadAfterMs: 200, handshakeMs: 200 } });
    const down = new Promise<{ code: string }>((resolve) => leaf.onDown(resolve));
    peer.process.kill('SIGSTOP');
    const calls = Array.from({ length: 100 }, () => leaf.callRemote('echo', 1));
    assert.ok((await Promise.allSettled(calls)).every(isDown));
    assert.equal((await down).code, 'dead');
    peer.process.kill('SIGCONT');
    await leaf.whenUp(5000);
    assert.equal(await leaf.callRemote('echo', 'thawed'), 'thawed');
  });
});
