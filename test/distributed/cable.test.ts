/** Cables that are pulled or cut between processes that live: what a test with killed processes does not show. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { PeerDown } from '../../src/errors';
import { waitFor } from '../../tools/lib/wait';
import { Cable, LIMITS, mapTarget, startLeaf, startRoot } from './support';

describe('a pulled cable', () => {
  const limits = { ...LIMITS, heartbeatMs: 50, deadAfterMs: 400 };

  it('is found by both ends, pending calls end, and the end of the old link does not take the new one with it, as in Pitaya', async () => {
    await using root = await startRoot({ limits });
    await using cable = await Cable.to(root.port);
    await using leaf = await startLeaf(cable.port, { limits, epoch: () => 5 });
    mapTarget(leaf, 'never', () => new Promise(() => {}));
    mapTarget(leaf, 'which', () => 'leaf');
    mapTarget(root, 'never', () => new Promise(() => {}));
    const old = root.childsmanager.getChildByName('game1');
    const lost: number[] = [];
    root.doChildLostConnect = ({ id }) => lost.push(id);
    const pending = [leaf.callRemote('never'), root.callChild('game1', 'never')];
    await turn();
    cable.pull();
    for (const result of await Promise.allSettled(pending)) {
      assert.ok(result.status === 'rejected' && result.reason instanceof PeerDown && result.reason.maybeExecuted);
    }
    await leaf.whenUp(10_000);
    await waitFor(() => lost.includes(old?.id ?? 0), 'end of the old link');
    assert.equal(await waitFor(() => root.callChild('game1', 'which').catch(() => undefined), 'call of the leaf'), 'leaf');
    assert.equal(root.childsmanager.size, 1);
    assert.notEqual(root.childsmanager.getChildByName('game1')?.id, old?.id);
  });

  it('that only the leaf has noticed: the same process takes its name over from its own half-open link', async () => {
    await using root = await startRoot({ limits: { ...limits, deadAfterMs: 600_000 } });
    await using cable = await Cable.to(root.port);
    await using leaf = await startLeaf(cable.port, { limits, epoch: () => 5 });
    mapTarget(leaf, 'which', () => 'leaf');
    const old = root.childsmanager.getChildByName('game1');
    let refused = false;
    leaf.onRefused(() => {
      refused = true;
    });
    cable.pull();
    await waitFor(() => root.childsmanager.getChildByName('game1')?.id !== old?.id, 'the new link');
    await leaf.whenUp(10_000);
    assert.equal(await root.callChild('game1', 'which'), 'leaf');
    assert.equal(old?.link.isOpen, false);
    assert.equal(root.childsmanager.size, 1);
    assert.equal(refused, false);
  });
});

describe('a cable that is cut again and again', () => {
  const CUTS = 30;

  it('leaves no call unsettled, nothing pending and the link up, where Pomelo times out for ever', async () => {
    await using root = await startRoot();
    await using cable = await Cable.to(root.port);
    await using leaf = await startLeaf(cable.port);
    for (const end of [root, leaf]) {
      mapTarget(end, 'echo', (value: unknown) => value);
      mapTarget(end, 'later', async (value: unknown) => {
        await turn();
        return value;
      });
    }
    let made = 0;
    const outcomes = { answered: 0, down: 0 };
    const wrong: unknown[] = [];
    const pending: Promise<void>[] = [];
    let cuts = 0;
    while (cuts < CUTS) {
      for (let n = 0; n < 10; n++) {
        const value = made++;
        const target = value % 2 ? 'echo' : 'later';
        const args = [value, Buffer.alloc(value % 5_000)];
        const call = value % 3 ? leaf.callRemote(target, ...args) : root.callChild('game1', target, ...args);
        pending.push(
          call.then(
            (answer) => {
              if (answer === value) outcomes.answered++;
              else wrong.push(answer);
            },
            (error) => {
              if (error instanceof PeerDown) outcomes.down++;
              else wrong.push(error);
            },
          ),
        );
      }
      if (made % 50 === 0) await delay(1);
      else await turn();
      if (!leaf.isUp || Math.random() > 0.02) continue;
      cuts++;
      cable.cut();
    }
    await Promise.all(pending);
    assert.deepEqual(wrong, []);
    assert.equal(outcomes.answered + outcomes.down, made);
    assert.ok(outcomes.answered > 0 && outcomes.down > 0, JSON.stringify(outcomes));
    // The last cut may not have been noticed yet.
    const once = (call: () => Promise<unknown>, what: string) => waitFor(() => call().catch(() => undefined), what);
    assert.equal(await once(() => root.callChild('game1', 'echo', 'down'), 'the call of the leaf'), 'down');
    assert.equal(await once(() => leaf.callRemote('echo', 'up'), 'the call of the root'), 'up');
    const child = root.childsmanager.getChildByName('game1');
    assert.deepEqual([child?.link.inFlight, child?.link.underWay, root.childsmanager.size], [0, 0, 1]);
  });
});
