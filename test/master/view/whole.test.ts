import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wholeIn, wrongIn } from '../../../src/master/view/whole';

const SECONDS = { key: 'seconds', least: 1, most: 20 };

describe('a whole number of a query', () => {
  for (const text of ['', '-1', '0', '21', '1e1', '-1e9', '1.5', ' 3', '0x3', '99999999999999999', 'ten'])
    it(`is refused by name and range: ${JSON.stringify(text)}`, () =>
      assert.equal(wrongIn(new URLSearchParams({ seconds: text }), SECONDS), 'seconds: a whole number from 1 to 20'));

  it('is taken within its range, and may be left out', () => {
    for (const [query, value] of [
      ['seconds=1', 1],
      ['seconds=20&other=x', 20],
      ['other=x', undefined],
    ] as const) {
      assert.equal(wrongIn(new URLSearchParams(query), SECONDS), undefined);
      assert.equal(wholeIn(new URLSearchParams(query), SECONDS), value);
    }
  });
});
