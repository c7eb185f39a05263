/**
 * A call whose link broke, and which arrives after its sender was told something else on the next link.
 *
 * dbfront forgets a change that it refused, so a copy of it that were read later would be made after all.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PeerDown } from '../../src/errors';
import { waitFor } from '../../tools/lib/wait';
import { SlowProxy } from '../dbentrust/slowproxy';
import { mapTarget, startLeaf, startRoot } from './support';

describe('a copy of a call that is on its way when its link is replaced', () => {
  it('is not run when it arrives later', async () => {
    await using root = await startRoot();
    const runs: string[] = [];
    mapTarget(root, 'commit', (copy: string) => {
      runs.push(copy);
      throw new RangeError('refused');
    });
    await using proxy = await SlowProxy.open({ host: '127.0.0.1', port: root.port });
    await using leaf = await startLeaf(Number(proxy.url.split(':')[1]));
    proxy.hold('open');
    const first = leaf.callRemote('commit', 'first copy');
    await waitFor(() => proxy.heldChunks > 0, 'call on its way');
    proxy.resetClients();
    await assert.rejects(first, (error) => error instanceof PeerDown && error.maybeExecuted);
    await leaf.whenUp(10_000);
    await assert.rejects(leaf.callRemote('commit', 'second copy'), /refused/);
    const ended = proxy.onceEnded();
    proxy.release();
    await ended;
    await assert.rejects(leaf.callRemote('commit', 'another'), /refused/);
    assert.deepEqual(runs, ['second copy', 'another']);
  });
});
