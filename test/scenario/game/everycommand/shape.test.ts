import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bool, differences, int, list, moment, oneOf, said, text, unlessNothing } from './shape';

describe('a shape', () => {
  it('is met by exactly its fields', () => {
    const shape = { result: true, message: text, data: { id: int, name: said, isNew: bool } };
    const reply = { result: true, message: '', data: { id: 1, name: 'a', isNew: false } };
    assert.deepEqual(differences(shape, reply), []);
    assert.deepEqual(differences(shape, { ...reply, messge: '' }), ['reply.messge is not in the shape']);
    assert.deepEqual(differences(shape, { ...reply, data: { id: 1, name: 'a' } }), ['reply.data.isNew is missing']);
    assert.deepEqual(differences(shape, { ...reply, result: false }), ['reply.result is not true: false']);
    assert.deepEqual(differences(shape, { ...reply, data: [] }), ['reply.data is not an object: []']);
    assert.deepEqual(differences(shape, { ...reply, data: { id: '1', name: '', isNew: 0 } }), [
      'reply.data.id is not an integer of 32 bits: "1"',
      'reply.data.name is not a text that is not empty: ""',
      'reply.data.isNew is not true or false: 0',
    ]);
  });

  it('tells whole numbers of 32 bits from others', () => {
    for (const fits of [0, -1, 2 ** 31 - 1]) assert.deepEqual(differences(int, fits), []);
    for (const other of [0.5, 2 ** 31, Number.NaN, null, '7', true]) assert.equal(differences(int, other).length, 1, String(other));
  });

  it('looks at every one of a list, which must not be empty unless that is said', () => {
    assert.deepEqual(differences([int], [1, 2, 'x']), ['reply[2] is not an integer of 32 bits: "x"']);
    assert.deepEqual(differences([int], []), ['reply is empty']);
    assert.deepEqual(differences(list(int), []), []);
    assert.deepEqual(differences(list(int), {}), ['reply is not a list: {}']);
  });

  it('has alternatives, times, and fields that are left out when they are nothing', () => {
    const buff = oneOf({ kind: 1, id: int }, { kind: 2, name: said });
    for (const fits of [
      { kind: 1, id: 7 },
      { kind: 2, name: 'a' },
    ])
      assert.deepEqual(differences(buff, fits), []);
    assert.deepEqual(differences(buff, { kind: 2, name: 'a', id: 7 }), ['reply.id is not in the shape']);
    assert.deepEqual(differences(moment, '2026-01-02 03:04:05'), []);
    assert.equal(differences(moment, '2026-01-02').length, 1);
    const shape = { icon: unlessNothing(int) };
    for (const fits of [{}, { icon: 5 }]) assert.deepEqual(differences(shape, fits), []);
    assert.deepEqual(differences(shape, { icon: 0 }), ['reply.icon is nothing and not left out']);
  });
});
