import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BadFrame } from '../../src/errors';
import { ProxyHeader } from '../../src/netconnect/proxyheader';
import { proxyHeader } from './proxy';

/** Feeds a header in pieces, with the client's own bytes behind it. */
function read(bytes: Buffer, cuts: readonly number[]): { source: string | undefined; rest: string } {
  const header = new ProxyHeader();
  const rest: Buffer[] = [];
  const edges = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b), bytes.length];
  for (const [i, edge] of edges.slice(1).entries()) {
    const piece = bytes.subarray(edges[i], edge);
    rest.push(piece.subarray(header.isComplete ? 0 : header.take(piece)));
  }
  assert.ok(header.isComplete);
  return { source: header.source, rest: Buffer.concat(rest).toString() };
}

describe('a PROXY header of version 2', () => {
  const cases: [what: string, header: Buffer, source: string | undefined][] = [
    ['IPv4', proxyHeader({ address: '203.0.113.7' }), '203.0.113.7'],
    ['IPv4 with more behind it', proxyHeader({ address: '203.0.113.7', tlvs: Buffer.alloc(3_000, 4) }), '203.0.113.7'],
    ['the longest there can be', proxyHeader({ address: '203.0.113.7', tlvs: Buffer.alloc(65_523, 4) }), '203.0.113.7'],
    ['IPv6', proxyHeader({ address: '2001:db8::1:7' }), '2001:db8::1:7'],
    ['IPv6 with more behind it', proxyHeader({ address: '2001:db8::1:7', tlvs: Buffer.alloc(500) }), '2001:db8::1:7'],
    ['LOCAL: the proxy speaks for itself', proxyHeader({ command: 0x20 }), undefined],
    ['LOCAL with an address, which means nothing', proxyHeader({ command: 0x20, address: '203.0.113.7' }), undefined],
    ['an unknown family', proxyHeader({ tlvs: Buffer.alloc(20) }), undefined],
    ['a UNIX socket', proxyHeader({ family: 0x31, addresses: Buffer.alloc(216, 'x') }), undefined],
  ];
  for (const [what, header, source] of cases) {
    it(`is read, split anyhow, and no byte behind it: ${what}`, () => {
      fc.assert(
        fc.property(fc.array(fc.nat(), { maxLength: 20 }), (cuts) => {
          assert.deepEqual(read(Buffer.concat([header, Buffer.from('the client')]), cuts), { source, rest: 'the client' });
        }),
      );
    });
  }

  const broken: [what: string, bytes: Buffer, reason: RegExp][] = [
    ['version 1', Buffer.from('PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n'), /version 1; let the proxy send version 2/],
    ['the first bytes of version 1', Buffer.from('PR'), /version 1/],
    ['a wrong first byte', Buffer.from([0]), /no PROXY header of version 2/],
    ['a request', Buffer.from('GET / HTTP/1.1\r\n'), /no PROXY header of version 2/],
    ['a wrong last byte of the signature', Buffer.from('0d0a0d0a000d0a515549540b', 'hex'), /no PROXY header of version 2/],
    ['another version', proxyHeader({ command: 0x11, address: '1.2.3.4' }), /version or command \(0x11\)/],
    ['an unknown command', proxyHeader({ command: 0x22, address: '1.2.3.4' }), /version or command \(0x22\)/],
    ['a family that there is not', proxyHeader({ family: 0x41 }), /family \(0x41\)/],
    ['a transport that there is not', proxyHeader({ family: 0x13, addresses: Buffer.alloc(12) }), /family \(0x13\)/],
    [
      'too few bytes for an IPv4 address',
      proxyHeader({ family: 0x11, addresses: Buffer.alloc(11) }),
      /11 bytes where its addresses take 12/,
    ],
    [
      'too few bytes for an IPv6 address',
      proxyHeader({ family: 0x21, addresses: Buffer.alloc(35) }),
      /35 bytes where its addresses take 36/,
    ],
  ];
  for (const [what, bytes, reason] of broken) {
    it(`is refused at the first byte that is wrong: ${what}`, () => {
      assert.throws(
        () => new ProxyHeader().take(bytes),
        (error) => error instanceof BadFrame && reason.test(error.message),
      );
      const bytewise = new ProxyHeader();
      assert.throws(() => {
        for (const byte of bytes) bytewise.take(Buffer.of(byte));
      }, BadFrame);
    });
  }

  it('whatever comes, is complete, incomplete or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, valid) => {
        const header = new ProxyHeader();
        const start = valid ? Buffer.from('0d0a0d0a000d0a515549540a', 'hex') : Buffer.alloc(0);
        try {
          header.take(Buffer.concat([start, bytes]));
          if (header.isComplete) header.source?.includes('.');
        } catch (error) {
          assert.ok(error instanceof BadFrame);
        }
      }),
    );
  });
});
