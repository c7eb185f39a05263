import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import { LogRing } from '../../src/log/ring';

const line = (msg: string, more: object = {}) =>
  JSON.stringify({ level: 'info', time: '2026-01-01T00:00:00.000Z', node: 'gate', msg, ...more });

describe('the last lines of a log', () => {
  it('are read on from where the reader was, and from the newest without', () => {
    const ring = new LogRing();
    for (let i = 1; i <= 10; i++) ring.lines.write(line(`line ${i}`));
    const first = ring.read(undefined, 3);
    assert.deepEqual([first.lines.map(({ message }) => message), first.next], [['line 8', 'line 9', 'line 10'], 10]);
    assert.deepEqual(ring.read(10, 3), { lines: [], next: 10 });
    ring.lines.write(line('line 11', { count: 5 }));
    const [next] = ring.read(10, 3).lines;
    assert.deepEqual([next?.seq, next?.level, next?.time], [11, 'info', '2026-01-01T00:00:00.000Z']);
    assert.match(next?.text ?? '', /gate line 11 count=5/);
  });

  it('are a thousand; what fell out shows as a gap, and a reader of before a restart begins anew', () => {
    const ring = new LogRing();
    for (let i = 1; i <= 2_500; i++) ring.lines.write(line(`line ${i}`));
    const old = ring.read(5, 2);
    assert.deepEqual([old.lines.map(({ seq }) => seq), old.next], [[1501, 1502], 1502]);
    assert.equal(ring.read(0, 5_000).lines.length, 1_000);
    assert.deepEqual(
      ring.read(9_999, 2).lines.map(({ seq }) => seq),
      [2499, 2500],
    );
  });

  it('are cut when they are endless, and stay readable', () => {
    const ring = new LogRing();
    ring.lines.write(line('x'.repeat(1_000_000)));
    const [cut] = ring.read(undefined, 1).lines;
    assert.ok(cut && cut.message.length < 20_000 && cut.text.length < 20_000);
    assert.deepEqual([cut.level, cut.time], ['info', '2026-01-01T00:00:00.000Z']);
  });

  it('keep errors apart with their stacks, the last fifty, and count all', () => {
    const ring = new LogRing();
    const log = pino(
      { formatters: { level: (level) => ({ level }) }, serializers: { error: pino.stdSerializers.err } },
      pino.multistream([
        { level: 'trace', stream: ring.lines },
        { level: 'error', stream: ring.errors },
      ]),
    );
    log.info('fine');
    for (let i = 0; i < 60; i++) log.error({ error: new Error(`cause ${i}`) }, `failed ${i}`);
    log.fatal('worse');
    const errors = ring.recentErrors();
    assert.deepEqual([errors.length, ring.errorCount, errors.at(-1)?.level], [50, 61, 'fatal']);
    assert.match(errors.at(-2)?.stack ?? '', /cause 59\n\s+at /);
  });
});
