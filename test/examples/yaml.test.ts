/** The reader of our own YAML refuses what other readers could take for something else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readYaml } from '../helpers/yaml';

describe('the reader of YAML', () => {
  it('reads maps, lists and values', () => {
    const text = '# about\na:\n  b: 1\n  c: plain text, with a comma\n  d:\n    - "x: y"\n    - two\n  e: ["f", 2]\ng:\nh: true\n';
    const read = { a: { b: 1, c: 'plain text, with a comma', d: ['x: y', 'two'], e: ['f', 2] }, g: null, h: true };
    assert.deepEqual(readYaml(text), read);
  });

  it('refuses the doubtful, with its line', () => {
    for (const text of [
      'a: 1\n\tb: 2',
      'a: 1\na: 2',
      'x: 1\na: yes',
      'x: 1\na: b: c',
      'x: 1\na: *b',
      'x: 1\n  b: 2',
      'x: 1\na: [1',
      'x: 1\nno key',
    ])
      assert.throws(() => readYaml(text), /^SyntaxError: line 2: /, text);
  });
});
