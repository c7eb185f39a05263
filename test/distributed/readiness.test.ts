import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tellReadiness } from '../../src/distributed/readiness';
import { waitFor } from '../../tools/lib/wait';
import { startLeaf, startRoot } from './support';

describe('a child', () => {
  it('may be chosen from when it says that it is ready until it says that it is not any more', async () => {
    await using root = await startRoot();
    await using leaf = await startLeaf(root.port, { info: () => ({ state: 'starting' }) });
    const { childsmanager } = root;
    assert.deepEqual([childsmanager.names(), childsmanager.choosable()], [['game1'], []]);
    for (const isReady of [true, false]) {
      tellReadiness(leaf, isReady);
      await waitFor(() => childsmanager.choosable().includes('game1') === isReady, 'the root to hear it');
    }
  });

  it('is ready as it links when it says so, or says nothing of it', async () => {
    await using root = await startRoot();
    await using _ready = await startLeaf(root.port, { name: 'game1', info: () => ({ state: 'ready' }) });
    await using _silent = await startLeaf(root.port, { name: 'game2' });
    assert.deepEqual(root.childsmanager.choosable(), ['game1', 'game2']);
  });
});
