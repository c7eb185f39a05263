import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_SUPERVISE } from '../../../src/config/defaults';
import { Restarts } from '../../../src/master/nodes/restarts';

const restarts = (restart: 'permanent' | 'transient' | 'temporary', onGiveUp: 'report' | 'leave' | 'stop' = 'report') =>
  new Restarts({ ...DEFAULT_SUPERVISE, restart, onGiveUp });

/** Ends as often as the intensity allows. */
function exhausted(policy: Restarts): Restarts {
  for (let i = 0; i < DEFAULT_SUPERVISE.intensity; i++) assert.notEqual(policy.next(false, true, 1_000 + i), undefined);
  assert.equal(policy.gaveUp, false);
  return policy;
}

describe('restart policy', () => {
  it('brings a permanent node back after any exit', () => {
    assert.notEqual(restarts('permanent').next(true, true), undefined);
    assert.notEqual(restarts('permanent').next(false, true), undefined);
  });

  it('brings a transient node back only after a failure', () => {
    assert.equal(restarts('transient').next(true, true), undefined);
    assert.notEqual(restarts('transient').next(false, true), undefined);
  });

  it('never brings a temporary node back', () => {
    assert.equal(restarts('temporary').next(false, true), undefined);
  });

  it('waits longer after each failure, and starts small again after the node was ready', () => {
    const policy = restarts('permanent');
    const delays = [0, 1, 2, 3].map((i) => policy.next(false, true, i * 100_000) ?? Number.NaN);
    for (let i = 1; i < delays.length; i++) assert.ok((delays[i] ?? 0) > (delays[i - 1] ?? 0), `${delays}`);
    policy.ready();
    assert.ok((policy.next(false, true, 900_000) ?? Number.NaN) <= DEFAULT_SUPERVISE.backoffMinMs);
  });

  it('gives up above the intensity, goes on at the longest back-off, and has forgotten it when the node was ready', () => {
    const policy = exhausted(restarts('permanent'));
    for (const at of [2_000, 7_000, 2_001 + DEFAULT_SUPERVISE.periodMs]) {
      assert.ok((policy.next(false, true, at) ?? 0) >= DEFAULT_SUPERVISE.backoffMaxMs * 0.75);
      assert.equal(policy.gaveUp, true);
    }
    policy.ready();
    assert.equal(policy.gaveUp, false);
  });

  it('leaves alone what it has given up where the config says so', () => {
    for (const onGiveUp of ['leave', 'stop'] as const) {
      const policy = exhausted(restarts('permanent', onGiveUp));
      assert.equal(policy.next(false, true, 2_000), undefined);
      assert.equal(policy.gaveUp, true);
      policy.forget();
      exhausted(policy);
    }
  });

  it('never gives up what the cluster needs, and waits the longest back-off then', () => {
    const policy = restarts('permanent');
    for (let i = 0; i < 50; i++) assert.notEqual(policy.next(false, false, 1_000 + i), undefined);
    assert.ok((policy.next(false, false, 2_000) ?? 0) >= DEFAULT_SUPERVISE.backoffMaxMs * 0.75);
  });
});
