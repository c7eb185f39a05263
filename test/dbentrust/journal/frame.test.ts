import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BEGINS_WRITE, FRAME_HEAD, frameAt, frameLength, putFrame, RECORD, SNAPSHOT } from '../../../src/dbentrust/journal/frame';
import { FrameBuffer } from '../../../src/dbentrust/journal/framebuffer';
import { decodeHeader, encodeHeader, parseSegmentName, seedOf, segmentName } from '../../../src/dbentrust/journal/header';

const sequences = fc.maxSafeNat().map((value) => value % 2 ** 48);
const payloads = fc.uint8Array({ maxLength: 300 });
const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

function encoded(seed: number, kind: number, sequence: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(FRAME_HEAD + payload.length);
  assert.equal(putFrame(bytes, 0, seed, kind, sequence, payload), bytes.length);
  return bytes;
}

describe('a frame of the journal', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(seeds, sequences, payloads, fc.boolean(), (seed, sequence, payload, begins) => {
        const bytes = encoded(seed, begins ? RECORD | BEGINS_WRITE : RECORD, sequence, payload);
        assert.equal(frameLength(bytes, 0), bytes.length);
        const frame = frameAt(bytes, 0, seed);
        assert.deepEqual(frame, { kind: RECORD, beginsWrite: begins, sequence, payload: Buffer.from(payload) });
      }),
    );
  });

  it('is none when its end is missing, with another seed, or with any bit changed', () => {
    fc.assert(
      fc.property(seeds, sequences, payloads, fc.nat(), fc.nat(), (seed, sequence, payload, cut, flip) => {
        const bytes = encoded(seed, SNAPSHOT, sequence, payload);
        assert.equal(frameAt(bytes.subarray(0, cut % bytes.length), 0, seed), undefined);
        assert.equal(frameAt(bytes, 0, seed ^ 1), undefined);
        const bit = flip % (bytes.length * 8);
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        assert.equal(frameAt(bytes, 0, seed), undefined);
      }),
    );
  });

  it('is none in zeros', () => {
    fc.assert(fc.property(seeds, (seed) => assert.equal(frameAt(Buffer.alloc(100), 0, seed), undefined)));
  });
});

describe('a buffer of frames', () => {
  it('gives back what was put in, also when it is used again and with frames larger than its chunks', () => {
    const buffer = new FrameBuffer(7);
    const sizes = fc.array(fc.oneof(fc.nat(200), fc.constantFrom(100_000, 262_129, 262_130, 300_000)), { maxLength: 12 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        buffer.clear(9);
        for (const [at, length] of lengths.entries()) buffer.add(RECORD, at, Buffer.alloc(length, at));
        const bytes = Buffer.concat(buffer.buffers());
        assert.equal(bytes.length, buffer.bytes);
        let at = 0;
        for (const [index, length] of lengths.entries()) {
          const frame = frameAt(bytes, at, 9);
          assert.equal(frame?.sequence, index);
          assert.ok(frame.payload.equals(Buffer.alloc(length, index)));
          at += FRAME_HEAD + length;
        }
        assert.equal(at, bytes.length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a header of a segment', () => {
  const uuid = '01234567-89ab-cdef-0123-456789abcdef';

  it('is read as it was written, and gives the seed of its frames', () => {
    fc.assert(
      fc.property(sequences, sequences, sequences, (epoch, first, sealed) => {
        const header = decodeHeader(encodeHeader({ uuid, epoch, first, sealed }));
        assert.deepEqual(header, { uuid, epoch, first, sealed, seed: seedOf(uuid, epoch, first) });
      }),
    );
  });

  it('is none when it is short or any bit is changed', () => {
    const bytes = encodeHeader({ uuid, epoch: 3, first: 4, sealed: 46 });
    assert.equal(decodeHeader(bytes.subarray(1)), undefined);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const other = Buffer.from(bytes);
      other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.equal(decodeHeader(other), undefined);
    }
  });

  it('belongs to a file whose name says the same', () => {
    fc.assert(
      fc.property(sequences, sequences, (epoch, first) => {
        const named = segmentName(epoch, first);
        assert.deepEqual(parseSegmentName(named.name), named);
      }),
    );
  });
});
