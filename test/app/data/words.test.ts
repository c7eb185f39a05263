import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FORBIDDEN_WORDS, hasForbiddenWord, readWords } from '../../../app/data/words';

describe('forbidden words', () => {
  it('are found anywhere in a text, in capitals and in wide letters too', () => {
    for (const text of ['cheap gold here', 'CHEAP GOLD', 'ｃｈｅａｐ gold', '想找代练吗'])
      assert.ok(hasForbiddenWord(text, FORBIDDEN_WORDS.anywhere), text);
    for (const text of ['', 'a golden day', '你好']) assert.ok(!hasForbiddenWord(text, FORBIDDEN_WORDS.anywhere), text);
  });

  it('of names may be written elsewhere', () => {
    assert.ok(hasForbiddenWord('The Admin', FORBIDDEN_WORDS.names));
    assert.ok(!hasForbiddenWord('The Admin', FORBIDDEN_WORDS.anywhere));
  });

  it('are refused in a form in which they are never found', () => {
    assert.throws(() => readWords({ anywhere: 'word', names: [] }), /data table words, id -: "anywhere" must be a list of words/);
    assert.throws(() => readWords({ anywhere: ['fine', 'Loud'], names: [] }), /"anywhere.1" is "Loud" and must be a word in lower case/);
    assert.throws(() => readWords({ anywhere: [], names: [''] }), /"names.0" is "" and must be/);
  });
});
