/** Ways in which something acknowledged could get lost without any process failing at the wrong moment: none may. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LeaseLost, Replaced, RowLocked } from '../../src/errors';
import type { FreshDatabase } from '../helpers/services';
import { until, World } from './world';

export function lossesSuite(name: string, fresh: () => Promise<FreshDatabase>): void {
  const worlds = async (body: (world: World, failures: readonly Error[]) => Promise<void>): Promise<void> => {
    const database = await fresh();
    const failures: Error[] = [];
    try {
      await using world = await World.open(database, { failed: (error) => failures.push(error) });
      await body(world, failures);
    } finally {
      await database.drop();
    }
  };

  describe(`${name}: nothing is lost`, () => {
    for (const action of ['CASCADE', 'SET NULL', 'RESTRICT']) {
      it(`of what refers ON DELETE ${action} to rows between which unique values change hands`, () =>
        worlds(async (world) => {
          await world.sql.query(
            'CREATE TABLE tb_guild (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(32) NOT NULL UNIQUE, place INTEGER NOT NULL UNIQUE)',
          );
          await world.sql.query(
            `CREATE TABLE tb_member (id INTEGER NOT NULL PRIMARY KEY, guild INTEGER NULL, FOREIGN KEY (guild) REFERENCES tb_guild (id) ON DELETE ${action})`,
          );
          const node = world.node();
          const [guilds, members] = [await node.admin('tb_guild'), await node.admin('tb_member')];
          const one = await guilds.new({ id: 1, name: 'a', place: 1 });
          const two = await guilds.new({ id: 2, name: 'b', place: 2 });
          await members.new({ id: 10, guild: 1 });
          await members.new({ id: 20, guild: 2 });
          await node.port.flush();
          await two.updateMulti({ name: 'c', place: 3 });
          await one.updateMulti({ name: 'b', place: 2 });
          await two.updateMulti({ name: 'a', place: 1 });
          assert.deepEqual((await node.port.flush()).refused, []);
          assert.deepEqual(await world.rows('tb_guild'), [
            { id: 1, name: 'b', place: 2 },
            { id: 2, name: 'a', place: 1 },
          ]);
          assert.deepEqual(await world.rows('tb_member'), [
            { id: 10, guild: 1 },
            { id: 20, guild: 2 },
          ]);
        }));
    }

    it('of what ids were granted, when the writer died before a flush and the journal is lost after one', () =>
      worlds(async (world) => {
        await world.node().admin('tb_item', 'id', { incrkey: 'id' });
        const { first, count } = await world.writer.ids('tb_item', 100);
        await world.crash();
        await world.writer.flush();
        const { rows } = await world.sql.query("SELECT next_id FROM firefly_ids WHERE name = 'tb_item'");
        assert.deepEqual(rows, [{ next_id: first + count }]);
      }));

    it('when the database goes back to an earlier state under the writer, which stops; the next one brings all of it', () =>
      worlds(async (world, failures) => {
        const items = await world.node().admin('tb_item');
        const [one, two] = [await items.new({ id: 1, name: 'one' }), await items.new({ id: 2, name: 'two' })];
        await world.writer.flush();
        const [before] = (await world.sql.query('SELECT position FROM firefly_applied')).rows;
        await one.update('name', 'changed');
        await world.writer.flush();
        // As after a failover to a replica that lags.
        await world.sql.query("UPDATE tb_item SET name = 'one' WHERE id = 1");
        await world.sql.query('UPDATE firefly_applied SET position = ?', [before?.position ?? 0]);
        await two.update('name', 'changed too');
        await assert.rejects(world.writer.flush(), Replaced);
        assert.equal(failures.length, 1);
        await world.crash();
        await world.writer.flush();
        assert.deepEqual(
          (await world.rows('tb_item')).map((row) => row.name),
          ['changed', 'changed too'],
        );
      }));

    it('to a lease that had run out: it does not come back with the next writer', () =>
      worlds(async (world) => {
        const items = await world.node().admin('tb_item');
        const late = await items.new({ id: 1, stack: 1 });
        const other = await items.getObj(1);
        await late.lock(20);
        const isMade = (error: unknown) => {
          assert.ok(error instanceof RowLocked, String(error));
          return false;
        };
        await until(async () => (await other?.update('stack', 2).then(() => true, isMade)) ?? false);
        await world.crash();
        await assert.rejects(late.update('stack', 3), LeaseLost);
        assert.equal(await other?.get('stack'), 2);
      }));
  });
}
