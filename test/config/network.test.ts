import assert from 'node:assert/strict';
import { isIPv6, SocketAddress } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { plainAddress } from '../../src/config/address';
import { networkOf } from '../../src/config/network';

describe('an address, when connections are counted,', () => {
  for (const [address, network] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:ffff::', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
    ['64:ff9b::203.0.113.7', '64:ff9b:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ] as const) {
    it(`stands for ${network}: ${address}`, () => assert.equal(networkOf(plainAddress(address)), network));
  }

  it('of IPv6 has a network by its first 64 bits and by nothing else, however it is written', () => {
    const group = fc.oneof(fc.constant(0), fc.nat({ max: 0xffff }));
    const four = fc.tuple(group, group, group, group);
    fc.assert(
      fc.property(four, four, (network, host) => {
        const long = [...network, ...host].map((part) => part.toString(16)).join(':');
        const short = new SocketAddress({ family: 'ipv6', address: long }).address;
        fc.pre(isIPv6(plainAddress(short)));
        const expected = `${network.map((part) => part.toString(16)).join(':')}::/64`;
        assert.equal(networkOf(long), expected);
        assert.equal(networkOf(short), expected);
      }),
    );
  });
});
