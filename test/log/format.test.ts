import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatLine } from '../../src/log/format';

const TIME = new Date(2026, 0, 2, 3, 4, 5, 6).toISOString();
const line = (fields: object) => JSON.stringify({ level: 'info', time: TIME, node: 'gate', pid: 7, code: 'abc', ...fields });

describe('a log line for a person', () => {
  it('has time, node, message and fields, and no level when it is info', () => {
    const text = formatLine(line({ port: 10000, host: '127.0.0.1', why: 'two words', list: [1, 'a'], msg: 'listening' }));
    assert.equal(text, '03:04:05.006 gate listening port=10000 host=127.0.0.1 why="two words" list=[1,"a"]');
  });

  it('shows other levels, also as numbers', () => {
    assert.equal(formatLine(line({ level: 'warn', msg: 'slow' })), '03:04:05.006 gate WARN slow');
    assert.equal(formatLine('{"level":50,"msg":"broken"}'), 'ERROR broken');
  });

  it('takes a level that has the name of a method for what it is', () => {
    assert.equal(formatLine(line({ level: 'toString', msg: 'odd' })), '03:04:05.006 gate TOSTRING odd');
  });

  it('leaves out what only machines need, and what it has said already', () => {
    assert.equal(formatLine(line({ error: 'refused', host: 'h', msg: 'no link: refused' })), '03:04:05.006 gate no link: refused host=h');
    assert.equal(formatLine(line({ event: 'linked', peer: 'net', msg: 'net has linked' })), '03:04:05.006 gate net has linked');
  });

  it('has the stack of an error below it, indented, and the causes below that', () => {
    const cause = { type: 'Error', message: 'low', stack: 'Error: low\n    at b (b.js:2:2)' };
    const error = { type: 'Error', message: 'top', stack: 'Error: top\n    at a (a.js:1:1)', cause };
    assert.deepEqual(formatLine(line({ level: 'error', error, ms: 3, msg: 'failed' })).split('\n'), [
      '03:04:05.006 gate ERROR failed ms=3',
      '    Error: top',
      '        at a (a.js:1:1)',
      '    caused by: Error: low',
      '        at b (b.js:2:2)',
    ]);
  });

  it('is the line itself when it is not one of ours', () => {
    for (const other of ['', 'plain words', '{"broken', '[1,2]', '42', 'null', '{"a":1}']) assert.equal(formatLine(other), other);
  });

  it('lets no control character through and keeps to its lines, whatever comes', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(fc.constantFrom('level', 'time', 'node', 'msg', 'error', 'x'), fc.jsonValue()).map((record) => JSON.stringify(record)),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;
    fc.assert(fc.property(anything, (text) => !control.test(formatLine(text))));
    assert.equal(formatLine(line({ msg: 'a\u001b[31m\nb', 'k\n': '\u009b' })), '03:04:05.006 gate a\\u001b[31m\\u000ab k\\u000a=\\u009b');
  });
});
