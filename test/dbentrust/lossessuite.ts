/** Ways in which something acknowledged could get lost without any process failing at the wrong moment: none may. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { transaction } from '../../src/dbentrust/face/transaction';
import type { Row } from '../../src/dbentrust/port';
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

    describe('of what an operator decided about the quarantine, when a backup of the database is restored', () => {
      const QUARANTINE = 'SELECT id, group_id, table_name, pk, version, reason, since, image FROM firefly_quarantine';
      /** What a backup has of it, brought back by `restore` while no writer runs. */
      const backup = async ({ sql }: World) => {
        const rows = new Map<string, readonly Row[]>();
        for (const table of ['tb_checked', 'tb_member', 'firefly_applied'])
          rows.set(table, (await sql.query(`SELECT * FROM ${table}`)).rows);
        rows.set('firefly_quarantine', (await sql.query(QUARANTINE)).rows);
        return rows;
      };
      const restore = async (world: World, rows: ReadonlyMap<string, readonly Row[]>) => {
        world.faults.down = true;
        await world.writer.stop(0);
        world.faults.down = false;
        for (const [table, each] of rows) {
          await world.sql.query(`DELETE FROM ${table}`);
          for (const row of each) {
            const names = Object.keys(row);
            await world.sql.query(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`, Object.values(row));
          }
        }
        await world.start();
      };

      for (const when of ['before', 'after'] as const) {
        it(`that was made ${when} the rows were refused`, () =>
          worlds(async (world) => {
            await world.sql.query('CREATE TABLE tb_guild (id INTEGER NOT NULL PRIMARY KEY)');
            await world.sql.query(
              'CREATE TABLE tb_member (id INTEGER NOT NULL PRIMARY KEY, guild INTEGER NULL, FOREIGN KEY (guild) REFERENCES tb_guild (id))',
            );
            const node = world.node();
            const [levels, members] = [await node.admin('tb_checked'), await node.admin('tb_member')];
            const [one, two] = [await levels.new({ id: 1, level: 1 }), await levels.new({ id: 2, level: 2 })];
            await node.port.flush();
            const early = await backup(world);
            await transaction(node.access, async (t) => {
              await t.update(levels, 1, { level: 500 });
              await t.update(levels, 2, { level: 70 });
              await t.insert(levels, { id: 3, level: 3 });
            });
            await members.new({ id: 1, guild: 9 });
            assert.equal((await node.port.flush()).refused.length, 4);
            const late = await backup(world);
            await node.port.drop('tb_checked', 2);
            await world.sql.query('INSERT INTO tb_guild (id) VALUES (9)');
            assert.deepEqual((await node.port.release('tb_member', 1)).refused, []);
            await two.increment('level', 1);
            await transaction(node.access, async (t) => {
              await t.update(levels, 1, { level: Number((await t.get(levels, 1))?.level) + 10 });
              await t.update(members, 1, { guild: null });
            });
            await node.port.flush();
            const is = async () => [await world.rows('tb_checked'), await world.rows('tb_member'), await node.port.quarantine()];
            const was = await is();
            assert.deepEqual(was, [
              [
                { id: 1, level: 11 },
                { id: 2, level: 3 },
              ],
              [{ id: 1, guild: null }],
              [],
            ]);
            await restore(world, when === 'before' ? early : late);
            assert.deepEqual([await one.get('level'), await two.get('level'), await levels.getObjData(3)], [11, 3, null]);
            assert.deepEqual((await node.port.flush()).refused, []);
            assert.deepEqual(await is(), was);
          }));
      }
    });

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
