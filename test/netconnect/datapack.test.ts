import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DataPackProtoc } from '../../src/netconnect/datapack';

describe('DataPackProtoc', () => {
  it('has a header of 17 bytes: magic, server version, length + 4, command', () => {
    const protocol = new DataPackProtoc(78, 37, 38, 48, 9, 0);
    assert.equal(protocol.getHeadlength(), 17);
    assert.equal(protocol.pack('msgdata', 100).toString('hex'), '4e25263009000000000000000b000000646d736764617461');
  });

  it('reads what it wrote, for any header, command and payload', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(byte, byte, byte, byte, byte, u32, u32, fc.uint8Array(), (a, b, c, d, e, version, command, payload) => {
        const protocol = new DataPackProtoc(a, b, c, d, e, version);
        const frame = protocol.pack(Buffer.from(payload), command);
        assert.deepEqual(protocol.unpack(frame), { result: true, command, length: payload.length });
        assert.deepEqual(new Uint8Array(frame.subarray(17)), payload);
      }),
    );
  });

  it('counts the bytes of a string, not its letters', () => {
    const frame = new DataPackProtoc().pack('é火', 1);
    assert.equal(frame.length, 17 + 5);
    assert.equal(frame.readUInt32BE(9), 9);
    assert.equal(frame.toString('utf8', 17), 'é火');
  });

  it('refuses a header in which any byte of magic or version differs, and one that is cut, which threw in Firefly', () => {
    const protocol = new DataPackProtoc(78, 37, 38, 48, 9, 7);
    for (let at = 0; at < 9; at++) {
      const frame = protocol.pack('', 1);
      frame.writeUInt8((frame.readUInt8(at) + 1) % 256, at);
      assert.equal(protocol.unpack(frame).result, false, `byte ${at}`);
    }
    assert.equal(protocol.unpack(protocol.pack('', 1).subarray(0, 16)).result, false);
  });

  it('tells a length field below 4 as a negative payload', () => {
    const frame = new DataPackProtoc().pack('', 1);
    frame.writeUInt32BE(1, 9);
    assert.deepEqual(new DataPackProtoc().unpack(frame), { result: true, command: 1, length: -3 });
  });

  it("can be set part by part, in Firefly's words", () => {
    const protocol = new DataPackProtoc();
    protocol.setHEAD_0(1);
    protocol.setHEAD_1(2);
    protocol.setHEAD_2(3);
    protocol.setHEAD_3(4);
    protocol.setprotoVersion(5);
    protocol.setserverVersion(6);
    assert.deepEqual(protocol.pack('x', 9), new DataPackProtoc(1, 2, 3, 4, 5, 6).pack('x', 9));
  });

  it('refuses values that do not fit the wire', () => {
    assert.throws(() => new DataPackProtoc(256), RangeError);
    assert.throws(() => new DataPackProtoc(0, 0, 0, 0, 0, 2 ** 32), RangeError);
    for (const command of [-1, 2 ** 32, 1.5, Number.NaN]) assert.throws(() => new DataPackProtoc().pack('', command), RangeError);
  });
});
