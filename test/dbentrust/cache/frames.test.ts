import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Frame, FrameParser, frameHead, NotMemcached, OP, REQUEST } from '../../../src/dbentrust/cache/frames';

const LIMIT = 1_000;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const parts = fc.record({
  opcode: fc.nat(255),
  opaque: fc.nat(0xffff_ffff),
  cas: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((array) => Buffer.from(array)),
  extras: bytes(30),
  key: bytes(60),
  value: bytes(1_200),
});

describe('frames of the binary protocol', () => {
  it('come out as they went in, however the stream is cut; oversized ones without their value', () => {
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 }), (sent, cuts) => {
        const stream = Buffer.concat(
          sent.flatMap((one) => [frameHead({ magic: REQUEST, ...one, valueBytes: one.value.length }), one.value]),
        );
        const parser = new FrameParser(REQUEST, LIMIT);
        const got: Frame[] = [];
        for (let at = 0, cut = 0; at < stream.length; cut++) {
          const size = cuts[cut % cuts.length] ?? 1;
          parser.push(stream.subarray(at, at + size), (frame) => got.push({ ...frame, value: Buffer.from(frame.value) }));
          at += size;
        }
        assert.equal(got.length, sent.length);
        for (const [index, frame] of got.entries()) {
          const { opcode, opaque, cas, extras, key, value } = sent[index] ?? assert.fail();
          const oversized = extras.length + key.length + value.length > LIMIT;
          assert.deepEqual(
            { opcode: frame.opcode, opaque: frame.opaque, cas: frame.cas, extras: frame.extras, key: frame.key },
            { opcode, opaque, cas, extras, key },
          );
          assert.equal(frame.oversized, oversized);
          assert.deepEqual(frame.value, oversized ? Buffer.alloc(0) : value);
        }
      }),
    );
  });

  it('that do not start with the magic byte, or claim more key than body, are refused', () => {
    const refused = (bytes: Buffer) => assert.throws(() => new FrameParser(REQUEST, LIMIT).push(bytes, () => assert.fail()), NotMemcached);
    refused(Buffer.from('get some-key-of-the-text-protocol\r\n'));
    const lying = frameHead({ magic: REQUEST, opcode: OP.get, opaque: 1, key: Buffer.from('key'), valueBytes: 0 });
    lying.writeUInt32BE(1, 8);
    refused(lying);
  });

  it('of any bytes at all never make the parser gather more than its limit or throw anything else', () => {
    fc.assert(
      fc.property(fc.array(bytes(200)), (chunks) => {
        const parser = new FrameParser(REQUEST, LIMIT);
        try {
          for (const chunk of chunks) parser.push(Buffer.concat([Buffer.from([REQUEST]), chunk]), () => undefined);
        } catch (error) {
          assert.ok(error instanceof NotMemcached);
        }
      }),
    );
  });
});
