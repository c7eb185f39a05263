/** A database that is away: what needs nothing from it goes on, and arrives when it is back. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RowRefused, StoreDown } from '../../../src/errors';
import type { FreshDatabase } from '../../helpers/services';
import { type Worlds, worldsOn } from '../worlds';

export function awaySuite(name: string, fresh: () => Promise<FreshDatabase>): void {
  const onDatabase = worldsOn({ database: fresh, memcached: async () => undefined });
  const worlds: Worlds = (body) => onDatabase(body, { limits: { flushIntervalMs: 3_600_000 } });

  describe(`${name} away`, () => {
    it('rows with ids of their own are made, block after block, changed, deleted, and arrive', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const others = await world.node().admin('tb_item', 'id');
        await items.new({ stack: 1 });
        await others.new({ stack: 1 });
        world.faults.away = true;
        const ids = new Set<unknown>();
        for (let made = 0; made < 120; made++) {
          for (const admin of [items, others]) {
            const row = await admin.new({ stack: 2 });
            assert.ok(!ids.has(row.pk), `id ${row.pk} twice`);
            ids.add(row.pk);
            if (made % 10 === 0) await row.update('stack', 3);
            if (made % 10 === 1) await row.delete();
          }
        }
        await assert.rejects(world.writer.flush(), StoreDown);
        world.faults.heal();
        await world.writer.flush();
        const stacks = (await world.rows('tb_item')).map(({ stack }) => stack);
        assert.deepEqual(
          [1, 2, 3].map((stack) => stacks.filter((one) => one === stack).length),
          [2, 240 - 48, 24],
        );
      }));

    it('an id that was given by hand is looked for, so its row is not made', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const first = await items.new({ stack: 1 });
        world.faults.away = true;
        await assert.rejects(items.new({ id: Number(first.pk) + 100_000, stack: 2 }), StoreDown);
        await assert.rejects(items.new({ id: Number(first.pk), stack: 2 }), RowRefused);
        world.faults.heal();
        await world.writer.flush();
        assert.equal((await world.rows('tb_item')).length, 1);
      }));

    it('an id whose row was there once counts as unused no more', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const row = await items.new({ stack: 1 });
        await world.writer.flush();
        await world.writer.evict('tb_item', row.pk);
        world.faults.away = true;
        await assert.rejects(items.new({ id: Number(row.pk), stack: 2 }), StoreDown);
        world.faults.heal();
        assert.deepEqual(
          (await world.rows('tb_item')).map(({ stack }) => stack),
          [1],
        );
      }));
  });
}
