import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BadFrame } from '../../src/errors';
import { FrameReader } from '../../src/wire/frame';

function frame(body: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

function read(chunks: readonly Buffer[], maxBytes = 1 << 20): Buffer[] {
  const frames: Buffer[] = [];
  const reader = new FrameReader(maxBytes, (buffer, start, end) => frames.push(buffer.subarray(start, end)));
  for (const chunk of chunks) reader.push(chunk);
  return frames;
}

describe('the frame reader', () => {
  it('gives the same frames for any split of a valid stream', () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 20 });
    const cuts = fc.array(fc.nat({ max: 6000 }), { maxLength: 40 });
    fc.assert(
      fc.property(bodies, cuts, (bodies, cuts) => {
        const stream = Buffer.concat(bodies.map(frame));
        const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
        const chunks = places.slice(1).map((place, i) => stream.subarray(places[i], place));
        assert.deepEqual(
          read(chunks),
          bodies.map((body) => Buffer.from(body)),
        );
      }),
    );
  });

  it('gives the same frames for a stream that comes byte by byte', () => {
    const stream = Buffer.concat([frame(Buffer.from('first')), frame(Buffer.alloc(20_000, 7)), frame(Buffer.from('last'))]);
    const frames = read(Array.from(stream, (byte) => Buffer.from([byte])));
    assert.deepEqual(
      frames.map((bytes) => bytes.length),
      [5, 20_000, 4],
    );
  });

  it('copies each byte of a large frame in small pieces a few times, not once a piece', () => {
    const size = 8_000_000;
    const head = Buffer.alloc(4);
    head.writeUInt32BE(size);
    const pieces = [head, ...Array.from({ length: size / 1000 }, () => Buffer.alloc(1000, 1))];
    const { copy } = Buffer.prototype;
    let copied = 0;
    Buffer.prototype.copy = function (this: Buffer, ...args: Parameters<typeof copy>) {
      const bytes = copy.apply(this, args);
      copied += bytes;
      return bytes;
    };
    try {
      assert.equal(read(pieces, size)[0]?.length, size);
    } finally {
      Buffer.prototype.copy = copy;
    }
    assert.ok(copied < 4 * size, `${copied} bytes copied`);
  });

  it('refuses a length above the cap before it keeps a byte of the frame', () => {
    const claim = Buffer.from([0xff, 0xff, 0xff, 0xff]);
    assert.throws(() => read([claim]), BadFrame);
    assert.throws(() => read([claim.subarray(0, 2), claim.subarray(2)]), BadFrame);
  });

  it('refuses a length of zero', () => {
    assert.throws(() => read([Buffer.alloc(4)]), BadFrame);
  });

  it('hands out nothing after it was stopped, and gives back the rest', () => {
    const seen: number[] = [];
    const reader = new FrameReader(100, (buffer, start) => {
      seen.push(buffer.readUInt8(start));
      reader.stop();
    });
    reader.push(Buffer.concat([frame(Buffer.from([1])), frame(Buffer.from([2])), Buffer.from([0])]));
    assert.deepEqual(seen, [1]);
    assert.deepEqual(reader.rest, Buffer.from([0, 0, 0, 1, 2, 0]));
  });
});
