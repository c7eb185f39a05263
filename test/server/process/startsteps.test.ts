import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { StartFailed } from '../../../src/errors';
import { StartSteps } from '../../../src/server/process/startsteps';

const never = () => new Promise<void>(() => {});

describe('the steps of a start', () => {
  it('give the game its time, all steps together, and name the one that was late', async () => {
    const steps = new StartSteps(200, () => {});
    await steps.game('first', () => delay(120));
    await assert.rejects(steps.game('second', never), (error: unknown) => {
      assert.ok(error instanceof StartFailed);
      assert.equal(error.message, 'not ready within 200 ms (supervise.readyMs): second');
      return true;
    });
  });

  it('let what a node waits for by itself take as long as it takes', async () => {
    const steps = new StartSteps(50, () => {});
    assert.equal(await steps.open('its stores', () => delay(200, 'open')), 'open');
    assert.equal(await steps.game('its hook', () => 'done'), 'done');
  });

  it('do not count what must not be cut', async () => {
    const steps = new StartSteps(100, () => {});
    await steps.game('its hook', () => steps.aside(() => delay(400)));
    await assert.rejects(steps.game('its next hook', never), StartFailed);
  });

  it('pass on what fails, and tell what they are at', async () => {
    const told: string[] = [];
    const steps = new StartSteps(100, (step) => told.push(step));
    await assert.rejects(
      steps.game('its hook', () => {
        throw new TypeError('no good');
      }),
      TypeError,
    );
    steps.at('waiting for gate');
    assert.equal(steps.step, 'waiting for gate');
    steps.done();
    assert.deepEqual(told, ['its hook', 'waiting for gate', '']);
  });
});
