/** A node that holds calls for a restart, and what becomes of that when its link to the master ends. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NodeGlobals } from '../../../src/server/globalobject';
import { NODE } from '../../../src/server/nodewire';
import { answerPlans } from '../../../src/server/plans/planned';
import { waitFor } from '../../../tools/lib/wait';
import { mapTarget, startLeaf, startRoot, TestLeaf, type TestRoot } from '../../distributed/support';
import { testLog } from '../../wire/support';

async function linkedTo(master: TestRoot, gate: TestRoot): Promise<TestLeaf> {
  const link = new TestLeaf({ name: 'gate', root: 'master' });
  answerPlans(link, { name: 'gate', globals: Object.assign(new NodeGlobals(), { root: gate }), log: testLog().log, holdMs: 10_000 });
  link.connect({ host: '127.0.0.1', port: master.port });
  await link.whenUp(5_000);
  await master.callChild('gate', NODE.hold, 'game1', true, 60_000, 0);
  return link;
}

describe('a hold', () => {
  it('outlasts a cut of the link to the master, which says that it goes on', async () => {
    await using master = await startRoot({ name: 'master' });
    await using gate = await startRoot();
    await using game = await startLeaf(gate.port);
    mapTarget(game, 'answer', () => true);
    await using _link = await linkedTo(master, gate);
    const hold = gate.childsmanager.holdOf('game1');
    assert.ok(hold);
    let calm: Promise<unknown> | undefined;
    master.watch({
      linked: (child) => {
        calm = child.call(NODE.calm, ['game1']);
      },
    });
    const child = master.childsmanager.getChildByName('gate');
    assert.ok(child);
    master.dropChild(child, 'a cut');
    await waitFor(() => calm !== undefined, 'the link again');
    await calm;
    assert.equal(gate.childsmanager.holdOf('game1'), hold);
    const held = gate.callChild('game1', 'answer');
    await master.callChild('gate', NODE.hold, 'game1', false, 0, 0);
    assert.equal(await held, true);
  });

  it('ends when the master stays away', async () => {
    const master = await startRoot({ name: 'master' });
    await using gate = await startRoot();
    await using game = await startLeaf(gate.port);
    mapTarget(game, 'answer', () => true);
    await using _link = await linkedTo(master, gate);
    const held = gate.callChild('game1', 'answer');
    await master.close('it dies');
    assert.equal(await held, true);
    assert.equal(gate.childsmanager.holdOf('game1'), undefined);
  });
});
