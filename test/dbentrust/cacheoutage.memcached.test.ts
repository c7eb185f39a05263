import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { startMemcached } from '../../tools/services';
import { freshSqlite } from '../helpers/services';
import { sample } from './shelf';
import { KEYS, LEASE_MS, Traffic, type TrafficNode } from './traffic';
import { type Node, until, World } from './world';

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

  it('under traffic of two nodes, while it freezes, is replaced by an empty one, and the writer dies', async () => {
    const service = await startMemcached();
    let current = service;
    const database = await freshSqlite();
    await using world = await World.open(database, { memcached: `${service.host}:${service.port}` });
    const nodes = [world.node(), world.node()];
    const [first] = await Promise.all(nodes.map((node) => node.admin('tb_item')));
    await Promise.all(Array.from({ length: KEYS }, (_, id) => first?.new({ id })));
    const load = new Traffic(nodes.map(trafficOf));
    load.start();
    try {
      await load.hits();
      for (let i = 0; i < 2; i++) {
        load.faultUntil = Number.POSITIVE_INFINITY;
        await current.freeze();
        await load.go(300);
        current.thaw();
        await load.go(300);
        await world.crash();
        await load.go(300);
        await current.stop();
        await load.go(300);
        current = await startMemcached({ port: service.port });
        load.faultUntil = performance.now() + 2 * LEASE_MS;
        await load.hits();
        await world.node().port.flush();
      }
    } finally {
      await load.stop();
      await current.stop();
    }
    await database.drop();
  });
});

/** A node whose rows are never deleted. */
function trafficOf({ access, metrics }: Node): TrafficNode {
  return {
    readAll: (pks) => access.reader.read('tb_item', pks),
    write: async (pk, row) => {
      const fields = { note: String(row?.filling ?? '') };
      const [outcome] = await access.committer.commit([{ op: 'update', table: 'tb_item', pk, fields }]);
      return outcome?.version ?? 0;
    },
    count: (name) => sample(metrics, name),
  };
}
