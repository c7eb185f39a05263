import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { TurnClock } from '../../src/metrics/clock';
import { HandlerSlot } from '../../src/metrics/handlers';
import { Timing } from '../../src/metrics/timing';

function spin(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

describe('the timing of handlers', () => {
  it('loses no call and no time of handlers that answer at once', () => {
    const timing = new Timing(new TurnClock());
    const slot = new HandlerSlot('gate', 'spin');
    timing.begin();
    for (let i = 0; i < 19; i++) {
      spin(2);
      timing.ran(slot);
    }
    timing.end();
    assert.equal(slot.latency.count, 19);
    assert.ok(slot.latency.sum >= 37_900, `${slot.latency.sum} us for 19 times 2 ms`);
  });

  it('sees how long a handler took that promised its answer, also when a timer ended it', async () => {
    const timing = new Timing(new TurnClock());
    const slot = new HandlerSlot('gate', 'wait');
    timing.begin();
    const since = timing.now();
    await nextTurn();
    await delay(30);
    timing.ended(slot, since);
    assert.ok(slot.latency.max >= 28_000, `${slot.latency.max} us`);
  });

  it('does not charge a handler that is alone for what ran before its bytes came', () => {
    const timing = new Timing(new TurnClock());
    const slot = new HandlerSlot('gate', 'quick');
    timing.begin();
    timing.end();
    spin(20);
    timing.begin();
    timing.ran(slot);
    timing.end();
    assert.ok(slot.latency.max < 20_000, `${slot.latency.max} us`);
  });
});
