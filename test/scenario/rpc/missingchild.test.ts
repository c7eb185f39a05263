/** Promise 3 of RPC: a call to a child that is not there rejects in the same turn. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Probe } from './probe';

describe('a call to a child that is not there', () => {
  it('is rejected in the same turn, where Firefly returned None; also of one that was there, which Colyseus goes on sending to, and not of one that came back', async () => {
    await using probe = await Probe.start();
    const order = { child: 'nobody', target: 'echo', args: [1] };
    const [unknown] = await probe.calls(order);
    assert.deepEqual([unknown?.error, unknown?.maybeExecuted, unknown?.turn], ['PeerDown', false, 0]);
    assert.match(unknown?.message ?? '', /^nobody is down$/);

    assert.equal((await probe.calls({ ...order, child: 'game1' }))[0]?.value, 1);
    await probe.cluster.kill('game1');
    await probe.cluster.waitFor(
      async () => !(await probe.cluster.status()).nodes.gate?.children?.includes('game1'),
      'game1 gone from gate',
    );
    const gone = await probe.calls({ ...order, child: 'game1', times: 50 });
    assert.ok(gone.every(({ error, maybeExecuted, turn }) => error === 'PeerDown' && !maybeExecuted && turn === 0));

    await probe.cluster.kill('game2');
    await probe.cluster.waitFor(async () => (await probe.calls({ ...order, child: 'game2' }))[0]?.value === 1, 'game2 back');
  });
});
