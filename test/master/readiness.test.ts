import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readinessOf, type Wanted } from '../../src/master/readiness';

const READY: Wanted = { state: 'ready', isKept: true, isSettled: true, restarts: 0, exits: [] };
const ENDED: Wanted = { ...READY, state: 'exited', exits: [{ reason: 'ended by itself' }] };
const of = (nodes: Record<string, Wanted>, phase?: string) => readinessOf(Object.entries(nodes), new Set(['gate']), phase);

describe('readiness', () => {
  it('is there when every node is ready', () => {
    assert.deepEqual(of({ gate: READY, game1: READY }), { ready: true, waiting: {} });
  });

  it('names who is missing, and why', () => {
    const state = of({
      gate: { ...ENDED, isKept: false },
      net: { ...READY, state: 'starting', isSettled: false },
      game1: { ...READY, state: 'failed', restarts: 5, exits: [{ reason: 'failed with exit code 1' }] },
      game2: { ...ENDED, isSettled: false, exits: [{ reason: 'was killed by SIGKILL' }] },
    });
    assert.deepEqual(state, {
      ready: false,
      waiting: {
        gate: 'it ended by itself',
        net: 'starting',
        game1: 'given up after 5 restarts: it failed with exit code 1',
        game2: 'it was killed by SIGKILL',
      },
    });
  });

  it('does not miss a node that was drained, or whose policy lets it end', () => {
    assert.ok(of({ gate: READY, drained: { ...ENDED, isKept: false }, transient: ENDED }).ready);
  });

  it('waits while the cluster starts or stops, whatever its nodes say', () => {
    assert.deepEqual(of({ gate: READY }, 'the cluster starts'), { ready: false, waiting: { cluster: 'the cluster starts' } });
  });
});
