/** Promise 2 of RPC: loss of a link ends every pending call at once, and links come back by themselves. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Probe } from './probe';

describe('when a peer is killed', () => {
  let probe: Probe;
  before(async () => {
    probe = await Probe.start();
  });
  after(() => probe[Symbol.asyncDispose]());

  it('a leaf: every pending call of its root is rejected in one turn; it is a child again once it is back, and not out for good, as in the fail-over of Pinus', async () => {
    const pending = probe.calls({ child: 'game2', target: 'never', times: 500 });
    await probe.cluster.waitFor(
      async () => Number((await probe.calls({ child: 'game2', target: 'underWay' }))[0]?.value) >= 500,
      '500 calls under way at game2',
    );
    await probe.cluster.kill('game2');
    const outcomes = await pending;
    assert.equal(outcomes.length, 500);
    assert.ok(outcomes.every(({ error, maybeExecuted }) => error === 'PeerDown' && maybeExecuted));
    assert.equal(new Set(outcomes.map(({ turn }) => turn)).size, 1, 'all in the same turn');
    const back = async () => (await probe.calls({ child: 'game2', target: 'echo', args: ['back'] }))[0]?.value === 'back';
    await probe.cluster.waitFor(back, 'game2 back at gate');
  });

  it('every pending call is rejected in one turn, long before its deadline: none waits for its timer, as in the TCP mailbox of Pinus', async () => {
    const pending = probe.calls({ target: 'never', times: 500 });
    await probe.cluster.waitFor(async () => Number((await probe.call('underWay')).value) >= 500, '500 calls under way at gate');
    await probe.cluster.kill('gate');
    const outcomes = await pending;
    assert.equal(outcomes.length, 500);
    assert.ok(outcomes.every(({ error, maybeExecuted }) => error === 'PeerDown' && maybeExecuted));
    assert.equal(new Set(outcomes.map(({ turn }) => turn)).size, 1, 'all in the same turn');
  });

  it('its leaves link to its successor, and calls both ways work again', async () => {
    await probe.cluster.whenReady(['gate']);
    const back = async () => {
      const [up, down] = [await probe.call('echo', 'up'), await probe.calls({ child: 'game1', target: 'echo', args: ['down'] })];
      return up.value === 'up' && down[0]?.value === 'down';
    };
    await probe.cluster.waitFor(back, 'both ways of the link');
  });

  it('calls of a link that is gone are refused in the same turn and were surely not executed', async () => {
    await probe.cluster.kill('gate');
    const outcome = await probe.cluster.waitFor(async () => {
      const outcome = await probe.call('echo', 1);
      return outcome.error === 'PeerDown' && !outcome.maybeExecuted ? outcome : undefined;
    });
    assert.equal(outcome.turn, 0);
  });
});
