import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeEnding, LastWords, lastWordsIn } from '../../../src/master/nodes/exitreason';

const end = (rest: object) => describeEnding({ code: null, signal: null, ...rest });

describe('the reason of an end', () => {
  it('is in words', () => {
    assert.equal(end({ code: 0 }), 'ended by itself');
    assert.equal(end({ code: 3 }), 'failed with exit code 3');
    assert.equal(end({ signal: 'SIGSEGV' }), 'was killed by SIGSEGV');
    assert.equal(end({}), 'could not be started');
  });

  it('has the last words of who failed, not of who ended well', () => {
    assert.equal(end({ code: 1, lastWords: 'no good' }), 'failed with exit code 1: no good');
    assert.equal(end({ signal: 'SIGKILL', lastWords: 'stuck' }), 'was killed by SIGKILL: stuck');
    assert.equal(end({ lastWords: 'spawn ENOENT' }), 'could not be started: spawn ENOENT');
    assert.equal(end({ code: 0, lastWords: 'no good' }), 'ended by itself');
  });

  it('is the stop when it was told to stop, but not when it failed or was killed meanwhile', () => {
    assert.equal(end({ code: 0, wasStopped: true }), 'stopped');
    assert.equal(end({ code: 1, wasStopped: true }), 'failed with exit code 1');
    assert.equal(end({ signal: 'SIGKILL', wasStopped: true }), 'was killed by SIGKILL');
  });

  it("is the master's own when the master killed it", () => {
    assert.equal(end({ signal: 'SIGKILL', killedFor: 'it was silent', lastWords: 'hello' }), 'was killed: it was silent');
  });

  it('is a lack of memory only where nothing else is known', () => {
    assert.match(end({ signal: 'SIGKILL', outOfMemory: true }), /^was killed by SIGKILL, by the kernel for lack of memory/);
    assert.equal(end({ signal: 'SIGTERM', outOfMemory: true }), 'was killed by SIGTERM');
  });
});

describe('last words', () => {
  it('are those of a fatal line, and of V8', () => {
    assert.equal(lastWordsIn('{"level":"fatal","msg":"cannot go on"}'), 'cannot go on');
    assert.equal(lastWordsIn('FATAL ERROR: Reached heap limit Allocation failed'), 'Reached heap limit Allocation failed');
  });

  it('are no other lines', () => {
    for (const line of [
      '',
      'fatal',
      '{"level":"error","msg":"a fatal error"}',
      '{"level":"fatal"',
      '{"level":"fatal","msg":5}',
      '{"msg":"\\"fatal\\""}',
    ])
      assert.equal(lastWordsIn(line), undefined, line);
  });

  const wordsOf = (lines: readonly string[], code: number | null = 1) => {
    const words = new LastWords();
    for (const line of lines) words.hear(line);
    return words.of(code);
  };

  it('are also those of an error that the runtime prints, since no log is open yet', () => {
    const stack = [
      '    at Module._load (node:internal/modules/cjs/loader:1055:27) {',
      "  code: 'MODULE_NOT_FOUND'",
      '}',
      '',
      'Node.js v20.20.0',
    ];
    const thrown = (line: string) => wordsOf(['node:internal/modules/cjs/loader:1228', '  throw err;', '  ^', '', line, ...stack]);
    for (const line of [
      "Error: Cannot find module './shop'",
      'SyntaxError: Unexpected token',
      'TypeError [ERR_INVALID_ARG_TYPE]: The "path" argument must be of type string',
      'Uncaught RangeError: too much',
    ])
      assert.equal(thrown(line), line);
    assert.equal(thrown('no error: at all'), undefined);
  });

  it('are no error that was printed on the way: the process went on, or was ended by somebody else', () => {
    assert.equal(wordsOf(['Error: printed by the game', '{"level":"info","msg":"still there"}']), undefined);
    assert.equal(wordsOf(['Error: printed by the game'], null), undefined);
    assert.equal(wordsOf(['{"level":"fatal","msg":"cannot go on"}', 'Error: after it']), 'cannot go on');
  });
});
