import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../../../app/share/refused';
import { ClientRequest, lengthOf } from '../../../app/share/request';

const request = (text: string | Uint8Array) => new ClientRequest(typeof text === 'string' ? Buffer.from(text) : text);
const refused = (key: string) => (error: unknown) => error instanceof Refused && error.key === key;

describe('a request of a client', () => {
  it('may have white space and a newline around its object', () => {
    assert.equal(request(' \r\n{"characterId": 7}\n').integer('characterId'), 7);
  });

  it('is refused unless it is a JSON object in UTF-8', () => {
    for (const text of ['', 'null', '[]', '"x"', '7', '{', '{"a":1}x', '{a:1}'])
      assert.throws(() => request(text), refused('badJson'), text);
    assert.throws(() => request(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)), refused('badJson'));
  });

  it('is refused, never more than that, whatever bytes it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          request(bytes).text('name', 10);
        } catch (error) {
          assert.ok(error instanceof Refused);
        }
      }),
    );
  });

  it('gives only fields of its own', () => {
    assert.throws(() => request('{}').text('toString', 100), refused('badField'));
    assert.equal(request('{"__proto__": "x"}').text('__proto__', 1), 'x');
    assert.equal(request('{}').raw('constructor'), undefined);
  });

  it('gives an integer only when it is one and in bounds', () => {
    assert.equal(request('{"n": 2147483647}').integer('n'), 2147483647);
    for (const value of ['"1"', '1.5', '-1', '2147483648', '1e400', 'true', 'null', '[1]']) {
      assert.throws(() => request(`{"n": ${value}}`).integer('n'), refused('badField'), value);
    }
    assert.equal(request('{"n": 3}').integer('n', 1, 3), 3);
    assert.throws(() => request('{"n": 4}').integer('n', 1, 3), refused('badField'));
  });

  it('gives a list of integers only when there are some, and no more than asked for', () => {
    assert.deepEqual(request('{"n": [1, 2147483647]}').integers('n', 2), [1, 2147483647]);
    for (const value of ['[]', '[1, 2, 3]', '1', '[-1]', '[1.5]', '["1"]', '[null]', '{"0": 1, "length": 1}', '[[1]]']) {
      assert.throws(() => request(`{"n": ${value}}`).integers('n', 2), refused('badField'), value);
    }
  });

  it('counts the length of a text in characters', () => {
    assert.equal(lengthOf('火蝇😀'), 3);
    assert.equal(request('{"name": "😀😀"}').text('name', 2), '😀😀');
    assert.throws(() => request('{"name": "abc"}').text('name', 2), refused('badField'));
  });

  it('gives no text that a store could not keep as it is', () => {
    for (const value of ['"ab\\u0000cd"', '"\\ud800"', '"x\\udc00y"']) {
      assert.throws(() => request(`{"name": ${value}}`).text('name', 100), refused('badField'), value);
    }
    assert.equal(request('{"name": "\\ud83d\\ude00"}').text('name', 1), '😀');
  });
});
