import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { elapsed } from '../../src/metrics/clock';
import { HandlerCounts } from '../../src/metrics/handlers';
import { Latency, quantile } from '../../src/metrics/latency';

const TIMES = fc.array(fc.integer({ min: 0, max: 30_000_000 }), { minLength: 1, maxLength: 200 });

describe('a latency', () => {
  it('counts each time once, and keeps sum and maximum', () => {
    fc.assert(
      fc.property(TIMES, (times) => {
        const latency = new Latency();
        for (const us of times) latency.record(us);
        assert.equal(latency.count, times.length);
        assert.equal(
          latency.sum,
          times.reduce((sum, us) => sum + us, 0),
        );
        assert.equal(latency.max, Math.max(...times));
        for (const bound of [256, 1024, 4096, 2 ** 24]) assert.equal(latency.below(bound), times.filter((us) => us < bound).length);
      }),
    );
  });

  it('tells a quantile that is off by a third of it at most', () => {
    fc.assert(
      fc.property(TIMES, fc.constantFrom(0.5, 0.9, 0.99, 1), (times, share) => {
        const latency = new Latency();
        for (const us of times) latency.record(us);
        const exact = times.sort((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? 0;
        const told = quantile(latency.counts, share) * 1_000;
        assert.ok(told >= exact * (2 / 3) - 2 && told <= exact * 1.5 + 2, `${told} for ${exact}`);
      }),
    );
  });

  it('takes a clock that ran backwards, or around, for what it can be', () => {
    const latency = new Latency();
    latency.record(elapsed(2, 1));
    latency.record(elapsed(0x7fff_fffe, -0x7fff_ffff));
    assert.deepEqual([latency.count, latency.sum], [2, 3]);
  });
});

describe('the counts of handlers', () => {
  it('tell the time of late, and that of the whole life when nothing was called of late', () => {
    const counts = new HandlerCounts();
    const slot = counts.slot('gate', 'login');
    slot.latency.record(1_000_000);
    const start = performance.now();
    counts.roll(start + 11_000);
    counts.roll(start + 22_000);
    assert.ok((counts.report(start + 23_000)[0]?.p50Ms ?? 0) > 600);
    for (let i = 0; i < 22; i++) slot.latency.record(1_000);
    const [report] = counts.report(start + 33_000);
    assert.ok(report && report.p99Ms < 2, `${report?.p99Ms} ms`);
    assert.deepEqual([report?.calls, report?.maxMs, Math.round(report?.perSecond ?? 0)], [23, 1_000, 1]);
  });

  it('are bounded: what comes beyond shares a place', () => {
    const counts = new HandlerCounts();
    for (let i = 0; i < 5_000; i++) counts.slot('gate', `name${i}`).latency.record(1);
    const all = [...counts];
    assert.equal(all.length, 2_001);
    assert.equal(all.find(({ name }) => name === 'other')?.latency.count, 3_000);
  });
});
