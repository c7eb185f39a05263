import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeGlobals } from '../../../src/server/globalobject';
import { Drains } from '../../../src/server/plans/drains';
import { mapTarget, startLeaf, startRoot } from '../../distributed/support';
import { testLog } from '../../wire/support';

describe('a node that gets nothing new', () => {
  it('keeps what it has unless it is to move, as one that is about to be started', async () => {
    await using root = await startRoot();
    await using leaf = await startLeaf(root.port);
    mapTarget(leaf, 'take', () => true);
    const drained: string[] = [];
    root.doChildDrain = (child) => void drained.push(child.name);
    const globals = Object.assign(new NodeGlobals(), { root });
    const drains = new Drains('gate', globals, testLog().log);
    drains.begin('game1', { forGood: true, lifeMs: 60_000, moves: false });
    assert.deepEqual([root.childsmanager.choosable(), drained], [[], []]);
    drains.begin('game1', { forGood: true, lifeMs: 60_000, moves: true });
    assert.deepEqual([root.childsmanager.choosable(), drained], [[], ['game1']]);
    drains.endAll('game1');
    assert.deepEqual(root.childsmanager.choosable(), []);
    drains.endAll('');
    assert.deepEqual(root.childsmanager.choosable(), ['game1']);
  });
});
