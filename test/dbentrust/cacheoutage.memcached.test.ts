import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startMemcached } from '../../tools/services';
import { freshSqlite } from '../helpers/services';
import { until, World } from './world';

describe('rows and a real memcached', () => {
  const own = startMemcached();
  after(async () => (await own).stop());

  it('that freezes and wakes up again: every write is made, and no node reads what it held before', async () => {
    const service = await own;
    const database = await freshSqlite();
    await using world = await World.open(database, { memcached: `${service.host}:${service.port}` });
    const [node, other] = [world.node(), world.node()];
    const item = await (await node.admin('tb_item', 'id', { incrkey: 'id' })).new({ stack: 1 });
    const seen = await (await other.admin('tb_item')).getObj(item.pk);
    process.kill(service.pid, 'SIGSTOP');
    try {
      for (let stack = 2; stack <= 20; stack++) await item.update('stack', stack);
      assert.equal(await item.get('stack'), 20);
      assert.equal(await seen?.get('stack'), 20);
    } finally {
      process.kill(service.pid, 'SIGCONT');
    }
    await until(async () => world.writer.stats.cacheUsable);
    assert.equal(await item.get('stack'), 20);
    assert.equal(await seen?.get('stack'), 20);
    await item.update('stack', 21);
    assert.equal(await seen?.get('stack'), 21);
    await database.drop();
  });
});
