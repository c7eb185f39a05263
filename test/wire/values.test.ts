import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BadFrame } from '../../src/errors';
import { Cursor } from '../../src/wire/cursor';
import { Outbox, Oversize } from '../../src/wire/outbox';
import { readValue, writeValue } from '../../src/wire/values';

/** Sends one value through an outbox and reads it back. */
function roundTrip(value: unknown, maxBytes = 1 << 24): unknown {
  const stream = new PassThrough({ highWaterMark: 1 << 26 });
  const out = new Outbox(stream, maxBytes);
  out.begin(0);
  writeValue(out, value);
  out.commit();
  out.flush();
  const bytes = stream.read() as Buffer;
  assert.equal(bytes.readUInt32BE(), bytes.length - 4);
  const cursor = new Cursor();
  cursor.reset(bytes, 5, bytes.length);
  const back = readValue(cursor);
  cursor.done();
  return back;
}

describe('values', () => {
  it('cross unchanged: undefined, null, booleans, numbers of every kind, texts', () => {
    const numbers = [0, -0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.MIN_VALUE];
    const texts = ['', 'a', 'ü', '汉字', '🎲', 'x'.repeat(5000), '汉'.repeat(100_000)];
    for (const value of [undefined, null, true, false, ...numbers, ...texts]) assert.ok(Object.is(roundTrip(value), value), `${value}`);
  });

  it('cross unchanged: anything that JSON can hold, nested, with Buffers, dates and large integers', () => {
    // Compared as JSON: inside a nested value msgpack makes 0 of -0, and `__proto__` is no key that may cross.
    const values = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'));
    fc.assert(fc.property(values, (value) => assert.equal(JSON.stringify(roundTrip(value)), JSON.stringify(value))));
    const value = { a: [1, 'b', { c: null }], at: new Date(5), big: 2n ** 60n, bytes: Buffer.from([1, 2, 3]), nothing: undefined };
    assert.deepEqual(roundTrip(value), value);
  });

  it('carry bytes as they are and give a Buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        const back = roundTrip(bytes);
        assert.ok(Buffer.isBuffer(back));
        assert.deepEqual(back, Buffer.from(bytes));
      }),
    );
  });

  it('are read as a malformed frame when they lie about their length, whatever the bytes', () => {
    const cursor = new Cursor();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        cursor.reset(Buffer.from(bytes), 0, bytes.length);
        try {
          readValue(cursor);
        } catch (error) {
          assert.ok(error instanceof BadFrame, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the outbox', () => {
  it('sends the frames of one turn in one write', async () => {
    const writes: Buffer[] = [];
    const stream = new PassThrough();
    stream.write = ((chunk: Buffer) => writes.push(chunk) > 0) as typeof stream.write;
    const out = new Outbox(stream, 1000);
    for (let i = 0; i < 100; i++) {
      out.begin(1);
      out.u32(i);
      out.commit();
    }
    assert.equal(writes.length, 0);
    assert.equal(out.queuedBytes, 900);
    await new Promise(setImmediate);
    assert.equal(writes.length, 1);
    assert.equal(writes[0]?.length, 900);
  });

  it('never writes over bytes that the stream has', async () => {
    const stream = new PassThrough({ highWaterMark: 1 << 24 });
    const out = new Outbox(stream, 1 << 20);
    const sent: Buffer[] = [];
    for (let i = 0; i < 400; i++) {
      const body = Buffer.alloc((i * 37) % 3000, i);
      out.begin(1);
      out.bytes(body);
      if (i % 5 === 4) {
        out.rollback();
        continue;
      }
      out.commit();
      const head = Buffer.from([0, 0, 0, 0, 1]);
      head.writeUInt32BE(body.length + 1);
      sent.push(head, body);
      if (i % 50 === 0) out.flush();
    }
    out.flush();
    assert.deepEqual(stream.read(), Buffer.concat(sent));
  });

  it('refuses a frame above the limit before it copies it, and goes on', () => {
    assert.throws(() => roundTrip(Buffer.alloc(1001), 1000), Oversize);
    assert.throws(() => roundTrip('x'.repeat(1001), 1000), Oversize);
    assert.throws(() => roundTrip('汉'.repeat(400), 1000), Oversize);
    assert.equal(roundTrip('x'.repeat(900), 1000), 'x'.repeat(900));
  });
});
