/** What happens to rows while something else is on its way: a read while the row is forgotten, memory that runs out under a group, tables that change under readers. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { EmbeddedMemcached } from '../../../src/dbentrust/cache/embedded';
import { TableSql } from '../../../src/dbentrust/flush/tablesql';
import { RowQueue } from '../../../src/dbentrust/writer/rowqueue';
import { ManagedTable } from '../../../src/dbentrust/writer/table';
import { Conflict, JournalDown, PKValueError, RowRefused, StoreDown } from '../../../src/errors';
import { freshSqlite } from '../../helpers/services';
import { type Node, until, World, type WorldOptions } from '../world';

const memcached = new EmbeddedMemcached();
const port = memcached.listen(0, '127.0.0.1');
after(() => memcached.close());

async function worlds(body: (world: World, node: Node) => Promise<void>, options: Partial<WorldOptions> = {}): Promise<void> {
  const database = await freshSqlite();
  try {
    await using world = await World.open(database, { memcached: `127.0.0.1:${await port}`, ...options });
    await body(world, world.node());
  } finally {
    await database.drop();
  }
}

/** Clean rows that the writer keeps. */
const KEPT = 20_000;

describe('rows of the writer while something else is under way', () => {
  it('a row that is evicted while it is read with others is not brought back to memory', () =>
    worlds(async (world, node) => {
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const item = await items.new({ stack: 1 });
      await items.checkAll();
      await world.sql.query('UPDATE tb_item SET stack = 50 WHERE id = ?', [item.pk]);
      const held = world.faults.holdAnswer();
      const reading = world.writer.load('tb_item', [item.pk, 999_999]);
      await held;
      await item.mdelete();
      world.faults.release();
      await reading;
      const [now] = await world.writer.load('tb_item', [item.pk]);
      assert.equal(now?.row?.stack, 50);
      assert.equal(await item.get('stack'), 50);
      await item.increment('stack', 1);
      assert.equal(await item.get('stack'), 51);
    }));

  it('a group keeps the rows it has at hand while others of it are read', () =>
    worlds(async (world, node) => {
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const [a, b] = [await items.new({ stack: 1 }), await items.new({ stack: 1 })];
      await items.checkAll();
      await node.port.evict('tb_item', b.pk);
      await world.writer.load('tb_item', [a.pk]);
      // From here on each further row that is read pushes out the one that was used longest ago, which is `a`.
      for (let id = 1_000; id < 1_000 + KEPT - 1; id += 1_000) {
        const pks = Array.from({ length: Math.min(1_000, 1_000 + KEPT - 1 - id) }, (_, at) => id + at);
        await world.writer.load('tb_item', pks);
      }
      const changes = [a, b].map(({ pk }) => ({ op: 'increment', table: 'tb_item', pk, field: 'stack', by: 1 }) as const);
      await node.access.committer.commit(changes);
      assert.deepEqual([await a.get('stack'), await b.get('stack')], [2, 2]);
    }));

  it('no node reads from memcached what a migration has changed', () =>
    worlds(async (world, node) => {
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const item = await items.new({ stack: 3 });
      await items.checkAll();
      const other = world.node();
      const elsewhere = await (await other.admin('tb_item')).getObj(item.pk);
      await until(async () => (await elsewhere?.get('stack')) === 3 && other.access.reader.cached > 0);
      const before = elsewhere?.version ?? 0;
      await world.writer.migrate(async () => {
        await world.sql.query('UPDATE tb_item SET stack = stack * 100');
        return ['0002_inflation'];
      });
      assert.deepEqual([await elsewhere?.get('stack'), await item.get('stack')], [300, 300]);
      const late = elsewhere?.updateMulti({ stack: 4 }, { ifVersion: before });
      await assert.rejects(async () => late, Conflict);
    }));

  it('a change that comes while a migration runs is refused, and so is one that was under way: nothing is written over what the migration makes', () =>
    worlds(async (world, node) => {
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const [item, cold] = [await items.new({ stack: 3 }), await items.new({ stack: 5 })];
      await item.update('stack', 4);
      await items.checkAll();
      await node.port.evict('tb_item', cold.pk);
      const isRefused = (error: unknown) => error instanceof StoreDown && error.retryable && /being migrated/.test(error.message);
      const read = world.faults.holdAnswer();
      const underWay = cold.update('stack', 6);
      await read;
      await world.writer.migrate(async () => {
        world.faults.release();
        await assert.rejects(underWay, isRefused);
        await assert.rejects(item.update('stack', 9), isRefused);
        await assert.rejects(items.new({ stack: 1 }), isRefused);
        await assert.rejects(item.lock(), isRefused);
        assert.equal(await item.get('stack'), 4);
        await world.sql.query('UPDATE tb_item SET stack = stack * 100');
        return ['0002_inflation'];
      });
      assert.deepEqual([await item.get('stack'), await cold.get('stack')], [400, 500]);
      assert.equal(await cold.increment('stack'), 501);
      await assert.rejects(
        world.writer.migrate(() => Promise.reject(new TypeError('a mistake'))),
        TypeError,
      );
      await item.update('stack', 7);
      await items.checkAll();
      assert.deepEqual(
        (await world.rows('tb_item')).map(({ stack }) => stack),
        [7, 501],
      );
    }));

  it('a row that is made anew by the holder of its lease keeps the lease, over a restart too', () =>
    worlds(async (world, node) => {
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const item = await items.new({ stack: 3 });
      const { committer } = node.access;
      const token = await committer.lock('tb_item', item.pk, 600_000);
      await committer.commit([
        { op: 'delete', table: 'tb_item', pk: item.pk, token },
        { op: 'insert', table: 'tb_item', row: { id: Number(item.pk), stack: 9 } },
      ]);
      await world.crash();
      await node.admin('tb_item');
      await committer.commit([{ op: 'update', table: 'tb_item', pk: item.pk, fields: { stack: 10 }, token }]);
      assert.equal(await item.get('stack'), 10);
    }));

  it('a bound that is no number refuses, and holds for every kind of column', () =>
    worlds(async (_world, node) => {
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const item = await items.new({ stack: 1, ratio: 1, coin: 2n ** 60n });
      for (const field of ['stack', 'ratio', 'coin']) {
        await assert.rejects(item.increment(field, 5, { max: Number.NaN }), { code: 'FF_ROW_REFUSED' });
        await assert.rejects(item.increment(field, 5, { min: Number.NaN }), { code: 'FF_ROW_REFUSED' });
      }
      assert.equal(await item.get('stack'), 1);
    }));

  it('a key that no statement can ask for fails for nobody else', () =>
    worlds(async (world, node) => {
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const words = await node.admin('tb_word', 'word');
      const item = await items.new({ stack: 1 });
      await items.checkAll();
      await node.port.evict('tb_item', item.pk);
      for (const key of ['99999999999999999999', 2n ** 63n, -(2n ** 63n) - 1n]) await assert.rejects(items.getObj(key), PKValueError);
      for (const key of ['half a \ud83d', 'cut\0off']) await assert.rejects(words.getObj(key), PKValueError);
      const info = (await world.sql.describe('tb_item')) ?? assert.fail();
      const table = new ManagedTable({ table: 'tb_item', pk: 'id' }, info);
      const queue = new RowQueue(world.sql, new TableSql(table, 'sqlite', 100), 'id');
      const [bad, good] = await Promise.allSettled([queue.select([2n ** 63n]), queue.select([item.pk])]);
      assert.equal(bad.status, 'rejected');
      assert.ok(good.status === 'fulfilled' && good.value.get(String(item.pk))?.stack === 1);
    }));

  it('a unique value that SQL still has from a row of the quarantine is taken', () =>
    worlds(async (world, node) => {
      await world.sql.query(
        'CREATE TABLE tb_rank (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL UNIQUE, level INT NOT NULL CHECK (level < 100))',
      );
      const ranks = await node.admin('tb_rank');
      const first = await ranks.new({ id: 1, name: 'x', level: 1 });
      await ranks.checkAll();
      await first.updateMulti({ name: 'y', level: 500 });
      assert.equal((await ranks.checkAll()).refused.length, 1);
      await assert.rejects(ranks.new({ id: 2, name: 'y', level: 1 }), RowRefused);
      await assert.rejects(ranks.new({ id: 3, name: 'x', level: 1 }), RowRefused);
      await ranks.new({ id: 4, name: 'z', level: 1 });
      assert.equal((await ranks.checkAll()).refused.length, 1);
    }));

  it('a writer that was replaced while it had nothing to do finds out, and shows nothing more', async () => {
    let failure: Error | undefined;
    const failed = (error: Error) => {
      failure ??= error;
    };
    await worlds(
      async (world, node) => {
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        await items.checkAll();
        const before = world.writer;
        await world.start();
        await item.update('stack', 2);
        await until(async () => failure instanceof JournalDown);
        await assert.rejects(before.load('tb_item', [item.pk]), JournalDown);
        await assert.rejects(before.pksByFk('tb_item', 1), JournalDown);
        assert.equal(await before.epoch(), 0);
        assert.equal(await item.get('stack'), 2);
        await before.stop(0);
      },
      { failed },
    );
  });

  it('columns may be called like what every object has', () =>
    worlds(async (world, node) => {
      await world.sql.query(
        "CREATE TABLE tb_car (id INTEGER PRIMARY KEY, constructor VARCHAR(20) NOT NULL DEFAULT 'none', valueOf INT NOT NULL DEFAULT 5)",
      );
      const cars = await node.admin('tb_car');
      const car = await cars.new({ id: 1 });
      assert.deepEqual(car.data, { id: 1, constructor: 'none', valueOf: 5 });
      await assert.rejects(node.port.manage({ table: 'constructor', pk: 'id' }), /there is no table constructor/);
    }));
});
