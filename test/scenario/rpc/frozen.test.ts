/** A frozen process keeps its sockets open: only heartbeats find it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Probe } from './probe';

/** The deadline of calls is far behind: what ends them here is not that. */
const HEARTBEATS = { heartbeatMs: 100, deadAfterMs: 500, handshakeMs: 500, rpcDeadlineMs: 600_000 };

describe('a frozen peer', () => {
  let probe: Probe;
  before(async () => {
    probe = await Probe.start({ limits: HEARTBEATS });
  });
  after(() => probe[Symbol.asyncDispose]());

  it('is found by heartbeats: pending calls end long before their deadline, and the log says why', async () => {
    await probe.cluster.kill('game2', 'SIGSTOP');
    const outcomes = await probe.calls({ child: 'game2', target: 'echo', args: [1], times: 100 });
    assert.ok(
      outcomes.every(({ error, maybeExecuted }) => error === 'PeerDown' && maybeExecuted),
      JSON.stringify(outcomes[0]),
    );
    await probe.cluster.waitForLine(/gate.*link of game2 has ended: game2 has been silent for 500 ms/);
    assert.equal((await probe.calls({ child: 'game1', target: 'echo', args: [1] }))[0]?.value, 1, 'others are not touched');
  });

  it('is a peer again when it thaws', async () => {
    await probe.cluster.kill('game2', 'SIGCONT');
    await probe.cluster.waitFor(
      async () => (await probe.calls({ child: 'game2', target: 'echo', args: ['thawed'] }))[0]?.value === 'thawed',
      'game2 at gate',
    );
  });

  it('that is the root of others ends their calls too, and gets them back', async () => {
    const pid = await probe.cluster.kill('gate', 'SIGSTOP');
    const outcomes = await probe.calls({ target: 'echo', args: [1], times: 100 });
    assert.ok(
      outcomes.every(({ error, maybeExecuted }) => error === 'PeerDown' && maybeExecuted),
      JSON.stringify(outcomes[0]),
    );
    process.kill(pid, 'SIGCONT');
    await probe.cluster.waitFor(async () => (await probe.call('echo', 'thawed')).value === 'thawed', 'gate');
  });
});
