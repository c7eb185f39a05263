import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAdmin } from '../../src/dbentrust/face/madmin';
import { MAdminManager } from '../../src/dbentrust/face/madminanager';
import { DuplicateTarget } from '../../src/errors';
import { freshSqlite } from '../helpers/services';
import { World } from './world';

describe('the admins of a node', () => {
  it('are known by their table and flushed together; one that fails keeps no other from it', async () => {
    const database = await freshSqlite();
    await using world = await World.open(database);
    const node = world.node();
    const manager = new MAdminManager();
    const [items, users] = [await node.admin('tb_item', 'id', { incrkey: 'id' }), await node.admin('tb_register', 'id', { incrkey: 'id' })];
    assert.equal(manager.registe(items), items);
    manager.registe(users);
    assert.throws(() => manager.registe(new MAdmin(() => node.access, 'tb_item', 'id')), DuplicateTarget);
    assert.equal(manager.getAdmin('tb_item'), items);
    await items.new({});
    await users.new({ username: 'a' });
    const reports = await manager.checkAdmins();
    assert.deepEqual(
      reports.map(({ inserted }) => inserted),
      [2, 2], // one flush for all of them
    );
    const broken = await node.admin('tb_one', 'id', { incrkey: 'id' });
    manager.registe(broken);
    manager.dropAdmin('tb_register');
    await items.new({});
    world.faults.down = true;
    await assert.rejects(manager.checkAdmins(), AggregateError);
    world.faults.down = false;
    await manager.checkAdmins();
    assert.equal((await world.rows('tb_item')).length, 2);
    await database.drop();
  });
});
