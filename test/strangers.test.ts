import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Strangers } from '../src/strangers';

describe('strangers', () => {
  it('have so many places; at the bound the oldest of the address with most makes room', () => {
    const strangers = new Strangers<string>(4, 3);
    for (const member of ['a1', 'b1', 'b2', 'a2']) assert.equal(strangers.add(member, `10.0.0.${member[0]}`), undefined);
    assert.equal(strangers.add('b3', '10.0.0.b'), 'a1', 'of two with as many, who came first');
    assert.equal(strangers.add('c1', '10.0.0.c'), 'b1', 'b has most');
    assert.equal(strangers.size, 4);
  });

  it('of one address have a part of the places, and push out only each other', () => {
    const strangers = new Strangers<number>(100, 10);
    strangers.add(-1, '10.0.0.1');
    for (let n = 0; n < 1_000; n += 1) assert.equal(strangers.add(n, '::ffff:10.0.0.2'), n < 10 ? undefined : n - 10);
    assert.equal(strangers.size, 11);
  });

  it('that proved themselves or left have no place any more, and may come again', () => {
    const strangers = new Strangers<string>(2, 2);
    strangers.add('a', '2001:db8::1');
    strangers.add('b', '2001:db8::2');
    strangers.remove('a');
    strangers.remove('a');
    assert.equal(strangers.size, 1);
    assert.equal(strangers.add('a', '2001:db8::1'), undefined);
    assert.equal(strangers.add('c', '2001:db8::3'), 'b', 'a network of IPv6 is one address');
    for (const member of ['a', 'c']) strangers.remove(member);
    assert.equal(strangers.size, 0);
  });
});
