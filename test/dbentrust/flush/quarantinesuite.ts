/** What becomes of acknowledged rows that only the database can refuse, on either database. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NoSuchRow, StoreDown } from '../../../src/errors';
import { keptLog } from '../../helpers/log';
import type { FreshDatabase } from '../../helpers/services';
import { until } from '../world';
import { FlushWorld, type FlushWorldOptions } from './world';

export function quarantineSuite(name: string, fresh: () => Promise<FreshDatabase>): void {
  const databases = async (body: (database: FreshDatabase) => Promise<void>): Promise<void> => {
    const database = await fresh();
    try {
      await body(database);
    } finally {
      await database.drop();
    }
  };
  const worlds = (tables: string[], body: (world: FlushWorld) => Promise<void>, options: FlushWorldOptions = {}): Promise<void> =>
    databases(async (database) => {
      await using world = await FlushWorld.open(database, { tables, ...options });
      await body(world);
    });
  const frozen = (world: FlushWorld): string[] =>
    world.quarantine
      .list()
      .map(({ table, pk }) => `${table} ${pk}`)
      .sort();

  describe(`the quarantine on ${name}`, () => {
    it('takes a row that SQL refuses, with its group, is still there after a restart, and ten thousand others are flushed', () =>
      databases(async (database) => {
        let position = 0;
        {
          await using world = await FlushWorld.open(database, { tables: ['plain', 'checked'] });
          for (let id = 1; id <= 10_000; id++) world.put('plain', id, { id, name: `n${id}`, coin: id });
          const bad = world.put('checked', 7, { id: 7, level: 500 });
          world.together(bad, world.put('plain', 10_001, { id: 10_001, name: 'with it', coin: 9n }));
          const report = await world.flusher.flush();
          assert.deepEqual([report.inserted, report.dirty, report.refused.length], [10_000, 0, 2]);
          assert.match(report.refused[0]?.reason ?? '', /constraint|check/i);
          assert.deepEqual([...world.frozen.keys()].map((row) => row.key).sort(), ['10001', '7']);
          assert.deepEqual([bad.stored, bad.now?.level], [null, 500]);
          position = world.position;
        }
        await using world = await FlushWorld.open(database, { epoch: 2, tables: ['plain', 'checked'] });
        assert.equal(world.position, position);
        assert.deepEqual(frozen(world), ['checked 7', 'plain 10001']);
        const row = world.quarantine.of('checked', 7) ?? assert.fail();
        assert.deepEqual([row.pk, row.now, row.group], [7, { id: 7, level: 500 }, world.quarantine.of('plain', 10_001)?.group]);
        assert.equal((await world.rows('plain')).length, 10_000);
      }));

    it('takes every group that shares a row with the refused one, and no other', () =>
      worlds(['plain', 'checked'], async (world) => {
        const rows = Array.from({ length: 9 }, (_, id) => world.put('plain', id, { id, name: 'a', coin: 0 }));
        const bad = world.put('checked', 1, { id: 1, level: 100 });
        const [a, b, c, d, e, f] = rows;
        assert.ok(a && b && c && d && e && f);
        world.together(a, bad);
        world.together(a, b);
        world.together(c, b);
        world.together(d, e);
        world.together(e, f);
        await world.flusher.flush();
        assert.deepEqual(frozen(world), ['checked 1', 'plain 0', 'plain 1', 'plain 2']);
        assert.equal((await world.rows('plain')).length, 6);
      }));

    it('takes who gets a unique value with who does not give it up', () =>
      worlds(['named', 'checked'], async (world) => {
        world.put('named', 1, { id: 1, name: 'one', coin: 0 });
        world.put('named', 2, { id: 2, name: 'two', coin: 0 });
        await world.flusher.flush();
        const gives = world.put('named', 1, { id: 1, name: 'else', coin: 0 });
        world.together(gives, world.put('checked', 1, { id: 1, level: 100 }));
        world.put('named', 3, { id: 3, name: 'one', coin: 0 });
        world.put('named', 2, { id: 2, name: 'zwei', coin: 0 });
        await world.flusher.flush();
        assert.deepEqual(frozen(world), ['checked 1', 'named 1', 'named 3']);
        assert.deepEqual(
          (await world.rows('named')).map((row) => row.name),
          ['one', 'zwei'],
        );
      }));

    it('holds no row back for coming before the row that it refers to', () =>
      worlds(['parent', 'child'], async (world) => {
        // The halves of the cut hold children without their parents.
        for (let id = 1; id <= 40; id++) world.put('child', id, { id, parent: id, level: 1 });
        for (let id = 1; id <= 40; id++) world.put('parent', id, { id, name: 'p' });
        world.put('child', 50, { id: 50, parent: 1, level: 100 });
        world.put('child', 60, { id: 60, parent: 999, level: 1 });
        world.tables = new Map([...world.tables].reverse());
        await world.flusher.flush();
        assert.deepEqual(frozen(world), ['child 50', 'child 60']);
        assert.equal((await world.rows('child')).length, 40);
      }));

    it('takes a change that came while its row was being frozen, and what is bound to that', () =>
      worlds(['plain', 'checked'], async (world) => {
        const bad = world.put('checked', 1, { id: 1, level: 100 });
        const written = world.faults.holdCommit();
        const flush = world.flusher.flush();
        await written;
        world.put('checked', 1, { id: 1, level: 5 });
        world.together(bad, world.put('plain', 1, { id: 1, name: 'later', coin: 0 }));
        world.faults.release();
        assert.equal((await flush).dirty, 2);
        assert.deepEqual(frozen(world), ['checked 1']);
        await world.flusher.flush();
        assert.deepEqual(frozen(world), ['checked 1', 'plain 1']);
        assert.deepEqual([world.quarantine.of('checked', 1)?.now, world.dirty], [{ id: 1, level: 5 }, 0]);
        assert.equal((await world.rows('firefly_quarantine')).length, 2);
        await world.flusher.release('plain', 1);
        assert.deepEqual([await world.rows('checked'), (await world.rows('plain')).length], [[{ id: 1, level: 5 }], 1]);
      }));

    it('Firefly: one bad row kills no loop: the rows beside it and after it are saved', () =>
      worlds(
        ['checked'],
        async (world) => {
          world.flusher.start();
          for (let id = 1; id <= 20; id++) world.put('checked', id, { id, level: id === 10 ? 100 : 1 });
          await until(async () => world.dirty === 0);
          world.put('checked', 21, { id: 21, level: 1 });
          await until(async () => world.dirty === 0);
          assert.deepEqual([(await world.rows('checked')).length, frozen(world)], [20, ['checked 10']]);
        },
        { intervalMs: 5 },
      ));

    it('is told of in the log and in a metric, without what the rows hold', async () => {
      const { log, lines } = keptLog();
      await worlds(
        ['named'],
        async (world) => {
          world.put('named', 1, { id: 1, name: 'secret', coin: 0 });
          await world.flusher.flush();
          world.table('named').rows.clear();
          world.put('named', 2, { id: 2, name: 'secret', coin: 0 });
          await world.flusher.flush();
          const alarms = lines.filter(({ event }) => event === 'rows quarantined');
          assert.deepEqual([alarms.length, alarms[0]?.level, alarms[0]?.first], [1, 'error', ['named 2 (unique)']]);
          assert.doesNotMatch(JSON.stringify(lines), /secret/);
          assert.match(world.quarantine.of('named', 2)?.reason ?? '', /secret|named\.name/i);
          assert.match(await world.metrics.text(), /firefly_quarantined_rows\{.*\} 1\n/);
        },
        { log },
      );
    });

    it('gives rows back when SQL takes them by now, all of a group together, and says so when it does not', () =>
      databases(async (database) => {
        {
          await using world = await FlushWorld.open(database, { tables: ['named', 'plain'] });
          world.put('named', 1, { id: 1, name: 'taken', coin: 0 });
          await world.flusher.flush();
          world.table('named').rows.clear();
          world.together(
            world.put('named', 2, { id: 2, name: 'taken', coin: 0 }),
            world.put('plain', 5, { id: 5, name: 'p', coin: 2n ** 60n }),
          );
          await world.flusher.flush();
        }
        await using world = await FlushWorld.open(database, { epoch: 2, tables: ['named', 'plain'] });
        assert.deepEqual((await world.flusher.release('plain', 5)).refused.length, 2);
        assert.deepEqual([frozen(world), await world.rows('plain'), world.thawings], [['named 2', 'plain 5'], [], []]);
        await world.sql.query('DELETE FROM named WHERE id = 1');
        const report = await world.flusher.release('plain', 5);
        assert.deepEqual([report.inserted, report.refused], [2, []]);
        assert.deepEqual(world.thawings, [
          ['named 2', 'written'],
          ['plain 5', 'written'],
        ]);
        assert.deepEqual(await world.rows('plain'), [{ id: 5, name: 'p', coin: 2n ** 60n }]);
        assert.deepEqual([await world.rows('firefly_quarantine'), world.quarantine.size], [[], 0]);
        await assert.rejects(world.flusher.release('plain', 5), NoSuchRow);
      }));

    it('tells of a release what became of those rows, not of others that lie in the quarantine', () =>
      worlds(['named'], async (world) => {
        world.put('named', 1, { id: 1, name: 'a', coin: 0 });
        world.put('named', 2, { id: 2, name: 'b', coin: 0 });
        await world.flusher.flush();
        world.table('named').rows.clear();
        world.put('named', 3, { id: 3, name: 'a', coin: 0 });
        world.put('named', 4, { id: 4, name: 'b', coin: 0 });
        await world.flusher.flush();
        assert.deepEqual(frozen(world), ['named 3', 'named 4']);
        const refused = async () => (await world.flusher.release('named', 3)).refused.map(({ pk }) => pk);
        assert.deepEqual(await refused(), [3]);
        await world.sql.query('DELETE FROM named WHERE id = 1');
        assert.deepEqual(await refused(), []);
        assert.deepEqual(frozen(world), ['named 4']);
      }));

    it('gives everything back that SQL takes by now when it is told to, each group as a whole, whatever refers to what', () =>
      worlds(['named', 'plain', 'parent', 'child'], async (world) => {
        for (const id of [1, 2]) world.put('named', id, { id, name: `taken ${id}`, coin: 0 });
        await world.flusher.flush();
        world.table('named').rows.clear();
        for (let id = 3; id <= 4; id++)
          world.together(
            world.put('named', id, { id, name: `taken ${id - 2}`, coin: 0 }),
            world.put('plain', id, { id, name: 'p', coin: 0 }),
          );
        world.put('child', 1, { id: 1, parent: 7, level: 1 });
        world.put('child', 2, { id: 2, parent: 8, level: 1 });
        await world.flusher.flush();
        const all = ['child 1', 'child 2', 'named 3', 'named 4', 'plain 3', 'plain 4'];
        assert.deepEqual(frozen(world), all);
        assert.equal((await world.flusher.releaseAll()).refused.length, all.length);
        assert.deepEqual([frozen(world), world.thawings], [all, []]);
        // By hand: one name is free, one parent is there, and one row was inserted that waits here.
        await world.sql.query('DELETE FROM named WHERE id = 1');
        await world.sql.query("INSERT INTO parent (id, name) VALUES (7, 'p')");
        await world.sql.query("INSERT INTO plain (id, name, coin) VALUES (3, 'by hand', 0)");
        const report = await world.flusher.releaseAll();
        assert.deepEqual(report.refused.map(({ table, pk }) => `${table} ${pk}`).sort(), ['child 2', 'named 4', 'plain 4']);
        assert.deepEqual(frozen(world), ['child 2', 'named 4', 'plain 4']);
        assert.deepEqual([(await world.rows('plain')).map(({ name }) => name), (await world.rows('child')).length], [['p'], 1]);
        assert.deepEqual(world.thawings.map(([row]) => row).sort(), ['child 1', 'named 3', 'plain 3']);
        assert.deepEqual((await world.rows('firefly_quarantine')).length, 3);
        await world.sql.query('DELETE FROM named WHERE id = 2');
        await world.sql.query("INSERT INTO parent (id, name) VALUES (8, 'p')");
        assert.deepEqual((await world.flusher.releaseAll()).refused, []);
        assert.deepEqual([world.quarantine.size, await world.rows('firefly_quarantine')], [0, []]);
        assert.deepEqual((await world.flusher.releaseAll()).refused, [], 'there is nothing');
      }));

    it('keeps what belongs to a table that is gone, gives back all else, and lets it be dropped', () =>
      worlds(['named', 'plain', 'checked'], async (world) => {
        world.put('named', 1, { id: 1, name: 'taken', coin: 0 });
        await world.flusher.flush();
        world.table('named').rows.clear();
        world.together(world.put('checked', 1, { id: 1, level: 100 }), world.put('plain', 1, { id: 1, name: 'with it', coin: 0 }));
        world.put('named', 2, { id: 2, name: 'taken', coin: 0 });
        await world.flusher.flush();
        await world.sql.query('DELETE FROM named WHERE id = 1');
        world.tables.delete('checked');
        const { inserted, refused } = await world.flusher.releaseAll();
        assert.deepEqual([inserted, refused.map(({ table }) => table).sort()], [1, ['checked', 'plain']]);
        await world.sql.query('DROP TABLE plain');
        await world.flusher.drop('checked', 1);
        assert.deepEqual([world.quarantine.size, (await world.rows('named')).length], [0, 1]);
      }));

    it('forgets a change when it is told to: the row is what SQL says', () =>
      worlds(['checked', 'plain'], async (world) => {
        world.put('checked', 1, { id: 1, level: 1 });
        await world.flusher.flush();
        world.together(world.put('checked', 1, { id: 1, level: 100 }), world.put('plain', 1, { id: 1, name: 'a', coin: 0 }));
        await world.flusher.flush();
        await world.flusher.drop('checked', 1);
        assert.deepEqual(world.thawings, [
          ['checked 1', 'dropped'],
          ['plain 1', 'dropped'],
        ]);
        assert.deepEqual([await world.rows('checked'), await world.rows('plain')], [[{ id: 1, level: 1 }], []]);
        assert.deepEqual([await world.rows('firefly_quarantine'), world.quarantine.size], [[], 0]);
        await assert.rejects(world.flusher.drop('checked', 1), NoSuchRow);
      }));

    for (const [verb, fault] of [
      ['flush', 'loseAnswer'],
      ['flush', 'loseCommit'],
      ['release', 'loseAnswer'],
      ['release', 'loseCommit'],
      ['drop', 'loseAnswer'],
      ['drop', 'loseCommit'],
    ] as const) {
      it(`knows what became of a ${verb} whose ${fault === 'loseAnswer' ? 'answer was lost' : 'commit did not happen'}`, () =>
        worlds(['named'], async (world) => {
          world.put('named', 1, { id: 1, name: 'taken', coin: 0 });
          await world.flusher.flush();
          world.table('named').rows.clear();
          world.put('named', 2, { id: 2, name: 'taken', coin: 0 });
          if (verb === 'flush') {
            world.faults[fault] = true;
            await assert.rejects(world.flusher.flush(), StoreDown);
          }
          await world.flusher.flush();
          assert.deepEqual([frozen(world), (await world.rows('firefly_quarantine')).length, world.dirty], [['named 2'], 1, 0]);
          if (verb === 'flush') return;
          await world.sql.query("UPDATE named SET name = 'free' WHERE id = 1");
          world.faults[fault] = true;
          await assert.rejects(verb === 'release' ? world.flusher.release('named', 2) : world.flusher.drop('named', 2), StoreDown);
          await world.flusher.flush();
          const happened = fault === 'loseAnswer';
          assert.deepEqual(world.thawings, happened ? [['named 2', verb === 'release' ? 'written' : 'dropped']] : []);
          assert.equal(world.quarantine.size, happened ? 0 : 1);
          assert.equal((await world.rows('named')).length, happened && verb === 'release' ? 2 : 1);
        }));
    }
  });
}
