import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeItem } from '../../src/dbentrust/cache/cacheitem';
import { EmbeddedMemcached } from '../../src/dbentrust/cache/embedded';
import { freshSqlite } from '../helpers/services';
import { until, World } from './world';

const HOST = '127.0.0.1';

describe('rows and a memcached that fails', () => {
  it('are written and read while it is away, and read from it again when it is back', async () => {
    const database = await freshSqlite();
    const first = new EmbeddedMemcached();
    const port = await first.listen(0, HOST);
    await using world = await World.open(database, { memcached: `${HOST}:${port}` });
    const node = world.node();
    const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
    const item = await items.new({ stack: 1 });
    await first.close();
    await item.update('stack', 2);
    assert.equal(await item.get('stack'), 2);
    assert.equal(world.writer.stats.cacheUsable, false);
    await items.new({ stack: 7 });
    const second = new EmbeddedMemcached();
    await second.listen(port, HOST);
    await until(async () => world.writer.stats.cacheUsable);
    await item.update('stack', 3);
    assert.ok(await world.client()?.get(`tb_item:${item.pk}`));
    assert.equal(await item.get('stack'), 3);
    await second.close();
    await database.drop();
  });

  it('are not read from what it kept of before', async () => {
    const database = await freshSqlite();
    const memcached = new EmbeddedMemcached();
    const port = await memcached.listen(0, HOST);
    await using world = await World.open(database, { memcached: `${HOST}:${port}` });
    const items = await world.node().admin('tb_item', 'id', { incrkey: 'id' });
    const item = await items.new({ stack: 1 });
    const cache = world.client();
    await cache?.set(`tb_item:${item.pk}`, encodeItem(12_345, 99, { ...item.data, stack: 666 }));
    assert.equal(await item.get('stack'), 1);
    await cache?.set(`tb_item:${item.pk}`, Buffer.from('not an item at all'));
    assert.equal(await item.get('stack'), 1);
    await cache?.flushAll();
    assert.equal(await item.get('stack'), 1);
    await memcached.close();
    await database.drop();
  });

  it('all arrive in SQL when it has room for a small part of them only', async () => {
    const database = await freshSqlite();
    const memcached = new EmbeddedMemcached({ maxBytes: 256 * 1024 });
    const port = await memcached.listen(0, HOST);
    await using world = await World.open(database, { memcached: `${HOST}:${port}` });
    const node = world.node();
    const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
    for (let i = 0; i < 12; i++) await Promise.all(Array.from({ length: 1_000 }, () => items.new({ stack: i })));
    assert.ok(memcached.evictions > 5_000);
    assert.equal((await node.port.flush()).inserted, 12_000);
    assert.equal((await world.sql.query('SELECT COUNT(*) AS n FROM tb_item')).rows[0]?.n, 12_000);
    await memcached.close();
    await database.drop();
  });
});
