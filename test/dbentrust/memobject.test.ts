import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { EmbeddedMemcached } from '../../src/dbentrust/cache/embedded';
import { MemClient } from '../../src/dbentrust/cache/memclient';
import { MemObject } from '../../src/dbentrust/face/memobject';
import { MemConnError } from '../../src/errors';
import { silentLog } from '../helpers/services';

describe('an object in memcached', async () => {
  const memcached = new EmbeddedMemcached();
  const port = await memcached.listen(0, '127.0.0.1');
  const cache = MemClient.connect([`127.0.0.1:${port}`], { hostname: 'anheisg', timeoutMs: 500, log: silentLog() });
  after(async () => {
    await cache.close();
    await memcached.close();
  });
  const object = (name: string) => new MemObject(() => ({ cache, port: undefined as never, log: silentLog() }), name);

  it('keeps values of every kind, one item an attribute', async () => {
    const values = {
      level: 7,
      big: 2n ** 60n,
      name: '永夜',
      list: [1, { a: null }],
      raw: Buffer.from([1, 0, 255]),
      minus: -5,
      half: 0.5,
      no: false,
    };
    const mine = object('role:7');
    await mine.insert(values);
    assert.deepEqual(await object('role:7').getMulti(Object.keys(values)), values);
    assert.equal(await mine.get('nothing'), undefined);
    assert.equal(mine.produceKey('level'), 'anheisg:role:7:level');
    await mine.mdelete();
    assert.deepEqual(await object('role:7').getMulti(Object.keys(values)), {});
  });

  it('counts without losing an increment', async () => {
    const [a, b] = [object('count'), object('count')];
    await a.update('today', 5);
    await Promise.all(Array.from({ length: 200 }, (_, i) => (i % 2 ? a : b).incr('today')));
    assert.equal(await a.get('today'), 205);
  });

  it('that is locked is changed by the holder of the lock only', async () => {
    const [a, b] = [object('locked'), object('locked')];
    assert.deepEqual([await a.lock(), await b.lock()], [true, false]);
    assert.deepEqual([await a.update('x', 1), await b.update('x', 2)], [true, false]);
    await b.release();
    assert.equal(await b.locked(), true);
    await a.release();
    assert.equal(await b.update('x', 3), true);
    assert.equal(await a.get('x'), 3);
  });

  it('without a memcached says what to configure', async () => {
    const bare = new MemObject(() => ({ cache: undefined, port: undefined as never, log: silentLog() }), 'bare');
    await assert.rejects(bare.get('x'), (error) => error instanceof MemConnError && /mem/.test(error.message));
  });
});
