import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BadFrame, TooLarge } from '../../src/errors';
import { DataPackProtoc, type DataProtocol } from '../../src/netconnect/datapack';
import { FrameReader } from '../../src/netconnect/framereader';

const LIMIT = 64 * 1024;
const protocol = new DataPackProtoc();

function readAll(reader: FrameReader, chunks: Iterable<Buffer>, by: DataProtocol = protocol): string[] {
  const frames: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let frame = reader.next(by, LIMIT); frame; frame = reader.next(by, LIMIT))
      frames.push(`${frame.command}:${frame.payload.toString('hex')}`);
  }
  return frames;
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('FrameReader', () => {
  const frames = fc.array(fc.tuple(fc.integer({ min: 0, max: 0xffff_ffff }), fc.uint8Array({ maxLength: 600 })), { maxLength: 8 });
  const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 });

  it('finds the same frames however the stream is split', () => {
    fc.assert(
      fc.property(frames, sizes, (sent, pieces) => {
        const stream = Buffer.concat(sent.map(([command, payload]) => protocol.pack(Buffer.from(payload), command)));
        const expected = sent.map(([command, payload]) => `${command}:${Buffer.from(payload).toString('hex')}`);
        assert.deepEqual(readAll(new FrameReader(), cut(stream, pieces)), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('finds them too when chunks are pushed before earlier frames are taken', () => {
    fc.assert(
      fc.property(frames, sizes, (sent, pieces) => {
        const reader = new FrameReader();
        const stream = Buffer.concat(sent.map(([command, payload]) => protocol.pack(Buffer.from(payload), command)));
        for (const chunk of cut(stream, pieces)) reader.push(chunk);
        const commands: number[] = [];
        for (let frame = reader.next(protocol, LIMIT); frame; frame = reader.next(protocol, LIMIT)) commands.push(frame.command);
        assert.deepEqual(
          commands,
          sent.map(([command]) => command),
        );
      }),
    );
  });

  it('leaves payloads that were handed out alone', () => {
    const reader = new FrameReader();
    const stream = Buffer.concat([protocol.pack('a'.repeat(300), 1), protocol.pack('b'.repeat(300), 2)]);
    const kept: Buffer[] = [];
    for (const byte of stream) {
      reader.push(Buffer.of(byte));
      const frame = reader.next(protocol, LIMIT);
      if (frame) kept.push(frame.payload);
    }
    assert.deepEqual(
      kept.map((payload) => payload.toString()),
      ['a'.repeat(300), 'b'.repeat(300)],
    );
  });

  it('refuses a wrong header and a negative length as bad frames', () => {
    const short = protocol.pack('', 1);
    short.writeUInt32BE(3, 9);
    for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), short]) {
      const reader = new FrameReader();
      reader.push(bytes);
      assert.throws(() => reader.next(protocol, LIMIT), BadFrame);
    }
  });

  it('refuses a payload above the limit as soon as its header is there, and takes one at the limit', () => {
    const reader = new FrameReader();
    reader.push(protocol.pack(Buffer.alloc(LIMIT), 1));
    assert.equal(reader.next(protocol, LIMIT)?.payload.length, LIMIT);
    reader.push(protocol.pack(Buffer.alloc(LIMIT + 1), 1).subarray(0, 17));
    assert.throws(() => reader.next(protocol, LIMIT), TooLarge);
  });

  it('keeps no more memory than has arrived, whatever a header announces', () => {
    const readers = Array.from({ length: 2_000 }, () => new FrameReader());
    const start = protocol.pack(Buffer.alloc(LIMIT), 1).subarray(0, 18);
    const before = process.memoryUsage().arrayBuffers;
    for (const reader of readers) {
      reader.push(start);
      reader.next(protocol, LIMIT);
    }
    const kept = (process.memoryUsage().arrayBuffers - before) / readers.length;
    assert.ok(kept < 1_024, `${kept} bytes a reader`);
  });

  it('reads a protocol with a header of its own', () => {
    const lines: DataProtocol = {
      getHeadlength: () => 2,
      unpack: (header) => ({ result: true, command: header.readUInt8(0), length: header.readUInt8(1) }),
      pack: (response, command) => Buffer.concat([Buffer.of(command, response.length), Buffer.from(response)]),
    };
    const stream = Buffer.concat([lines.pack('one', 1), lines.pack('', 2), lines.pack('three', 3)]);
    for (const size of [1, 2, 3, 100]) {
      assert.deepEqual(readAll(new FrameReader(), cut(stream, [size]), lines), ['1:6f6e65', '2:', '3:7468726565']);
    }
  });

  it('respects a subclass that packs its own way', () => {
    class Xor extends DataPackProtoc {
      override unpack(header: Buffer) {
        const plain = super.unpack(header);
        return { ...plain, command: plain.command ^ 1 };
      }
    }
    assert.deepEqual(readAll(new FrameReader(), [protocol.pack('x', 100)], new Xor()), ['101:78']);
  });
});
