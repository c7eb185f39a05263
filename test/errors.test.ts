/** Errors across a link: a class that callers catch arrives as that class, with all it says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as errors from '../src/errors';
import { errorFromWire, errorToWire } from '../src/wire/revive';

const SAMPLES: readonly errors.FireflyError[] = [
  new errors.NoSuchTarget('gate', 7),
  new errors.QueueFull('a queue', 3),
  new errors.TooLarge('a call', 20, 10, true),
  new errors.TransactionTooLarge(6_000, 1, 5_000),
  new errors.RowRefused('tb_item', 2n ** 60n, 'stack', 'is no number'),
  new errors.NoSuchRow('tb_item', 'key'),
  new errors.Conflict('tb_item', 1),
  new errors.RowLocked('tb_item', 1),
  new errors.LeaseLost('tb_item', 1),
  new errors.NotManaged('tb_item'),
  new errors.QueryRefused('no'),
  new errors.PKValueError('no key'),
  new errors.StoreDown('gone'),
  new errors.StoreDown('gone', { maybeExecuted: true }),
  new errors.SqlRefused('conflict', 'deadlock'),
  new errors.JournalFull('at its bound', 10, 9),
  new errors.JournalDown('over', { maybeExecuted: true }),
  new errors.StartFailed('no such table'),
];

describe('an error that crosses a link', () => {
  it('and another one tells at the end where it was thrown at first', () => {
    const thrown = new TypeError('a bug');
    const atGate = errorFromWire('game1', errorToWire(thrown));
    const atNet = errorFromWire('gate', errorToWire(atGate)) as errors.RemoteError;
    assert.ok(atNet instanceof errors.RemoteError);
    assert.deepEqual([atNet.peer, atNet.remoteName, atNet.message, atNet.remoteStack], ['gate', 'TypeError', 'a bug', thrown.stack]);
  });

  for (const error of SAMPLES) {
    it(`is the same afterwards: ${error.name}${error.maybeExecuted ? ', may have run' : ''}`, () => {
      const wire = errorToWire(error);
      const revived = errorFromWire('dbfront', wire);
      assert.equal(revived.constructor, error.constructor);
      const { stack: _1, ...now } = Object.getOwnPropertyDescriptors(revived);
      const { stack: _2, ...was } = Object.getOwnPropertyDescriptors(error);
      assert.deepEqual(now, was);
      assert.deepEqual([revived.retryable, revived.maybeExecuted], [error.retryable, error.maybeExecuted]);
    });
  }

  it('is a RemoteError when nobody catches its class, whatever code comes with it', () => {
    for (const code of ['FF_PEER_DOWN', 'constructor', 'made up'])
      assert.ok(errorFromWire('peer', { name: 'E', message: 'm', code, detail: [] }) instanceof errors.RemoteError);
  });
});
