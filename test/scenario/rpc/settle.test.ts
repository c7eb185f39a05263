/** Promise 1 of RPC: a call settles, always, with its value or with an error that says what happened. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Probe } from './probe';

describe('a call between nodes', () => {
  let probe: Probe;
  before(async () => {
    probe = await Probe.start({ limits: { rpcDeadlineMs: 400, rpcInFlight: 100 } });
  });
  after(() => probe[Symbol.asyncDispose]());

  it('settles with its value', async () => {
    for (const value of ['text', 0, '', null, { nested: [1, { two: 3 }] }]) {
      assert.deepEqual((await probe.call('echo', value)).value, value);
      assert.deepEqual((await probe.calls({ child: 'game1', target: 'echo', args: [value] }))[0]?.value, value);
    }
  });

  it('settles with RemoteError when the handler throws, at once or later: no None in its place, as gtwisted answers', async () => {
    for (const child of [{}, { child: 'game1' }]) {
      for (const [target, name] of [
        ['fail', 'RangeError'],
        ['failLater', 'TypeError'],
      ] as const) {
        const [outcome] = await probe.calls({ ...child, target, args: ['out of gold'] });
        assert.deepEqual([outcome?.error, outcome?.message, outcome?.maybeExecuted], ['RemoteError', 'out of gold', true]);
        assert.match(outcome?.stack ?? '', new RegExp(`${name}: out of gold\\n.*targets`));
      }
    }
  });

  it('settles with RemoteError when what the handler throws is no error, or what it returns cannot travel; nobody goes down by it', async () => {
    for (const child of [{}, { child: 'game1' }]) {
      for (const odd of ['nothing', 'bare', 'named', 'symbol', 'huge', 'circular']) {
        const [thrown] = await probe.calls({ ...child, target: 'throwOdd', args: [odd] });
        assert.deepEqual([thrown?.error, thrown?.maybeExecuted], ['RemoteError', true], odd);
      }
      for (const odd of ['symbol', 'huge', 'circular']) {
        const [returned] = await probe.calls({ ...child, target: 'returnOdd', args: [odd] });
        assert.deepEqual([returned?.error, returned?.maybeExecuted], ['RemoteError', true], odd);
      }
    }
    const { nodes } = await probe.cluster.status();
    assert.deepEqual([nodes.gate?.restarts, nodes.game1?.restarts], [0, 0]);
    assert.ok(!probe.cluster.lines.some((line) => /unlinked|sent bytes that are no frame/.test(line)));
  });

  it('settles with NoSuchTarget when nobody answers to the name, where skynet waits for ever', async () => {
    for (const child of [{}, { child: 'game1' }]) {
      const [outcome] = await probe.calls({ ...child, target: 'nobodyHasThis' });
      assert.deepEqual([outcome?.error, outcome?.maybeExecuted], ['NoSuchTarget', false]);
    }
  });

  it('settles with Deadline when there is no answer in time, and does not stay in a table for ever, as in gtwisted', async () => {
    for (let wave = 0; wave < 2; wave++) {
      const outcomes = await probe.calls({ target: 'late', args: [900], times: 90 });
      await probe.cluster.waitFor(async () => (await probe.call('underWay')).value === 0, 'end of the handlers');
      assert.ok(
        outcomes.every(({ error, maybeExecuted }) => error === 'Deadline' && maybeExecuted),
        JSON.stringify(outcomes[0]),
      );
    }
  });

  it('settles with QueueFull above the bound, at once: no promise is forgotten there, as in Pinus', async () => {
    const outcomes = await probe.calls({ child: 'game2', target: 'never', times: 150 });
    const full = outcomes.filter(({ error }) => error === 'QueueFull');
    assert.equal(full.length, 50);
    assert.ok(full.every(({ maybeExecuted, turn }) => !maybeExecuted && turn === 0));
    assert.equal(outcomes.filter(({ error }) => error === 'Deadline').length, 100);
  });
});

describe('a call whose peer dies', () => {
  it('settles with PeerDown when the peer dies in the middle, which skynet does not tell from a call that failed', async () => {
    // The deadline of its own cluster is far behind: killing takes longer than 400 ms on a busy machine.
    await using probe = await Probe.start();
    const pending = probe.calls({ child: 'game1', target: 'never', times: 20 });
    await probe.cluster.kill('game1');
    const outcomes = await pending;
    assert.ok(
      outcomes.every(({ error }) => error === 'PeerDown'),
      JSON.stringify(outcomes),
    );
  });
});
