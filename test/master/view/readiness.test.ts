import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readinessOf } from '../../../src/master/view/readiness';

const WELL = { trouble: undefined };

describe('readiness', () => {
  it('is there when nothing is the matter with any node', () => {
    assert.deepEqual(readinessOf([['gate', WELL] as const, ['game1', WELL] as const]), { ready: true, waiting: {} });
  });

  it('names who is missing, and why', () => {
    const state = readinessOf([['gate', { trouble: 'starting' }] as const, ['net', WELL] as const]);
    assert.deepEqual(state, { ready: false, waiting: { gate: 'starting' } });
  });

  it('waits while the cluster starts or stops, whatever its nodes say', () => {
    const state = readinessOf([['gate', WELL] as const], 'the cluster starts');
    assert.deepEqual(state, { ready: false, waiting: { cluster: 'the cluster starts' } });
  });
});
