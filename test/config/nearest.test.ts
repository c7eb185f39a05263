import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from '../../src/config/nearest';

describe('the word that was meant', () => {
  it('is the nearest known one', () => {
    const known = ['netport', 'webport', 'rootport', 'name', 'mem', 'db'];
    assert.equal(nearest('netprot', known), 'netport');
    assert.equal(nearest('NetPort', known), 'netport');
    assert.equal(nearest('nme', known), 'name');
    assert.equal(nearest('colour', known), undefined);
    assert.equal(nearest('x', []), undefined);
  });

  it('is as far as the letters to change, the same from both sides', () => {
    assert.equal(editDistance('ab', 'ba'), 1);
    assert.equal(editDistance('', 'abc'), 3);
    assert.equal(editDistance('kitten', 'sitting'), 3);
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        assert.equal(editDistance(a, b), editDistance(b, a));
        assert.equal(editDistance(a, b) === 0, a === b);
      }),
    );
  });
});
