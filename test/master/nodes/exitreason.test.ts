import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeEnding, lastWordsIn } from '../../../src/master/nodes/exitreason';

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
});
