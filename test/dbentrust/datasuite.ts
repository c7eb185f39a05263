/** What rows promise, on whichever database and memcached: changes, reads, and what has become of each bug that Firefly 1.3.3 had here. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Row } from '../../src/dbentrust/port';
import {
  JournalDown,
  NoSuchRow,
  NotManaged,
  PKValueError,
  QueryRefused,
  QueueFull,
  RowRefused,
  StartFailed,
  StoreDown,
} from '../../src/errors';
import { type Node, until } from './world';
import { type Stores, worldsOn } from './worlds';

export function dataSuite(name: string, stores: Stores): void {
  const worlds = worldsOn(stores);

  describe(`${name}: rows`, () => {
    it('a new row gets an id, its defaults, and is read by every node before it is in SQL', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const item = await items.new({ characterId: 7, name: 'sword' });
        const expected = {
          id: item.pk,
          characterId: 7,
          stack: 1,
          coin: 0,
          name: 'sword',
          note: null,
          picture: null,
          price: '0.00',
          made: null,
          ratio: 0,
        };
        assert.deepEqual(item.data, expected);
        const elsewhere = await world.node().admin('tb_item', 'id', { fk: 'characterId' });
        assert.deepEqual(await elsewhere.getObjData(item.pk), expected);
        assert.deepEqual(await world.rows('tb_item'), []);
        const report = await items.checkAll();
        assert.deepEqual([report.inserted, report.dirty], [1, 0]);
        assert.deepEqual(await world.rows('tb_item'), [expected]);
      }));

    it('every kind of value comes back the same from memory, from memcached and from SQL', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const values: Row = {
          characterId: -2147483648,
          stack: 2147483647,
          coin: 9007199254740993n,
          name: "O'Hara \\' OR 1=1 -- 永夜 🔥",
          note: 'line\nbreak "quoted" `ticked` \\',
          picture: Buffer.from([0, 255, 0xc1, 39, 92]),
          price: '12345678.90',
          made: '2031-02-28 23:59:59',
          ratio: -1.5e-7,
        };
        const item = await items.new(values);
        const expected = { id: item.pk, ...values };
        assert.deepEqual(await items.getObjData(item.pk), expected);
        assert.deepEqual(
          (await node.port.load('tb_item', [item.pk])).map(({ row }) => row),
          [expected],
        );
        await items.checkAll();
        await node.port.evict('tb_item', item.pk);
        assert.deepEqual(await items.getObjData(item.pk), expected);
        await item.updateMulti({ note: null, picture: null, made: null, coin: -9007199254740993n });
        await items.checkAll();
        await node.port.evict('tb_item', item.pk);
        assert.deepEqual(await items.getObjData(item.pk), { ...expected, note: null, picture: null, made: null, coin: -9007199254740993n });
      }));

    it('a handle reads what is there now and changes the fields it names', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ name: 'bow' });
        const other = await (await world.node().admin('tb_item')).getObj(item.pk);
        await other?.update('stack', 5);
        assert.equal(await item.get('stack'), 5);
        assert.deepEqual(await item.getMulti(['stack', 'name']), { stack: 5, name: 'bow' });
        assert.equal((await item.get('data')).stack, 5);
        await assert.rejects(item.get('stak'), (error) => error instanceof RowRefused && error.field === 'stak');
        assert.equal(await item.isEffective(), true);
        await item.delete();
        assert.equal(await other?.isEffective(), false);
        await assert.rejects(item.get('stack'), NoSuchRow);
      }));

    it('a list of rows keeps the order asked for and leaves out what is not there', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const pks: (number | string | bigint)[] = [];
        for (let i = 0; i < 12; i++) pks.push((await items.new({ stack: i })).pk);
        await items.checkAll();
        await node.port.evict('tb_item', pks[3] ?? 0);
        const asked = [pks[9], 999_999, pks[3], pks[0], String(pks[1])].map((pk) => pk ?? 0);
        const found = await items.getObjList(asked);
        assert.deepEqual(
          found.map((item) => item.data.stack),
          [9, 3, 0, 1],
        );
        assert.equal(await items.getObj(999_999), null);
        await assert.rejects(items.getObj('7 OR 1=1'), PKValueError);
      }));

    it('the keys of a foreign key are right under new, delete and a changed foreign key, flushed or not', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const [a, b, c] = [await items.new({ characterId: 7 }), await items.new({ characterId: 7 }), await items.new({ characterId: 8 })];
        assert.deepEqual(await items.getAllPkByFk(7), [a.pk, b.pk]);
        await items.checkAll();
        assert.deepEqual(await items.getAllPkByFk(7), [a.pk, b.pk]);
        const d = await items.new({ characterId: 7 });
        await b.delete();
        await c.update('characterId', 7);
        await a.update('characterId', 9);
        assert.deepEqual(await items.getAllPkByFk(7), [c.pk, d.pk]);
        assert.deepEqual(await items.getAllPkByFk(9), [a.pk]);
        assert.deepEqual(await items.getAllPkByFk(8), []);
        await items.checkAll();
        assert.deepEqual(await items.getFkObj('7').pklist(), [c.pk, d.pk]);
      }));

    it('a flush that ends between the statement and its answer hides no row', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const item = await items.new({ characterId: 7 });
        const asked = world.faults.holdAnswer();
        const pks = items.getAllPkByFk(7);
        await asked;
        await node.port.flush();
        world.faults.release();
        assert.deepEqual(await pks, [item.pk]);
      }));

    it('the keys of a foreign key stay right while flushes run', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const made: unknown[] = [];
        for (let i = 0; i < 60; i++) {
          made.push((await items.new({ characterId: 7 })).pk);
          const [pks] = await Promise.all([items.getAllPkByFk(7), i % 3 === 0 ? items.checkAll() : undefined]);
          assert.deepEqual(pks, made);
        }
      }));

    it('a table that cannot be managed is refused with the reason', () =>
      worlds(async (_world, node) => {
        await assert.rejects(
          node.admin('tb_nothing'),
          (error) => error instanceof StartFailed && /no table tb_nothing/.test(error.message),
        );
        await assert.rejects(node.admin('tb_pair', 'a'), (error) => error instanceof StartFailed && /\(a, b\)/.test(error.message));
        await assert.rejects(node.admin('tb_bare', 'a'), (error) => error instanceof StartFailed && /no primary key/.test(error.message));
        await assert.rejects(
          node.admin('tb_item', 'id', { fk: 'owner' }),
          (error) => error instanceof StartFailed && /'owner' \(fk\)/.test(error.message),
        );
        await assert.rejects(node.port.load('tb_item', [1]), NotManaged);
      }));

    it('a table of one column, and one with a text as its key, work like any other', () =>
      worlds(async (world, node) => {
        const ones = await node.admin('tb_one', 'id', { incrkey: 'id' });
        const one = await ones.new({});
        const words = await node.admin('tb_word', 'word');
        const word = await words.new({ word: 'héllo wörld: 永' });
        await word.update('uses', 3);
        await words.new({ word: 'x'.repeat(32), uses: 1 });
        assert.deepEqual((await words.getObjData('héllo wörld: 永'))?.uses, 3);
        await node.port.flush();
        assert.deepEqual(await world.rows('tb_one'), [{ id: one.pk }]);
        assert.equal((await world.rows('tb_word')).length, 2);
        await word.delete();
        await node.port.flush();
        assert.equal(await words.getObj('héllo wörld: 永'), null);
      }));
  });

  describe(`${name}: refusals before the acknowledgement`, () => {
    const refuses = async (promise: Promise<unknown>, field: string, reason: RegExp): Promise<void> => {
      await assert.rejects(promise, (error) => {
        assert.ok(error instanceof RowRefused, String(error));
        assert.equal(error.field, field);
        assert.match(error.reason, reason);
        return true;
      });
    };

    it('a value that does not fit its column changes nothing', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ name: 'bow' });
        await refuses(item.update('stak', 1), 'stak', /no such column/);
        await refuses(item.update('stack', 'many'), 'stack', /a string does not fit/);
        await refuses(item.update('stack', 1.5), 'stack', /not an integer/);
        await refuses(item.update('stack', 2147483648), 'stack', /outside of int/);
        await refuses(item.update('coin', 2 ** 60), 'coin', /write a bigint/);
        await refuses(item.update('coin', 2n ** 63n), 'coin', /outside of bigint/);
        await refuses(item.update('stack', null), 'stack', /NULL/);
        await refuses(item.update('name', 'x'.repeat(33)), 'name', /33 characters/);
        await item.update('name', '🔥'.repeat(32));
        await refuses(item.update('name', 'zero \0'), 'name', /NUL/);
        const broken = { op: 'update', table: 'tb_item', pk: item.pk, fields: { name: 'broken \ud800' } } as const;
        await refuses(
          world.writer.commit({ id: { source: 'test', counter: 1, settled: 1 }, reads: [], changes: [broken] }),
          'name',
          /half of a character/,
        );
        await refuses(item.update('price', '1.005'), 'price', /behind the point/);
        await refuses(item.update('made', '2031-02-29 00:00:00'), 'made', /no day/);
        await refuses(item.update('made', new Date() as never), 'made', /Date|object/);
        await refuses(item.updateMulti({ stack: 9, name: 7 }), 'name', /a number does not fit/);
        await refuses(item.update('id', 12), 'id', /does not change/);
        await refuses(items.new({ id: item.pk as number }), 'id', /there already/);
        assert.equal(await item.get('stack'), 1);
      }));

    it('a unique value is refused while it is taken, in SQL or by an unflushed row, and free again when it was given up', () =>
      worlds(async (world, node) => {
        const users = await node.admin('tb_register', 'id', { incrkey: 'id' });
        const chenee = await users.new({ username: 'chenee' });
        await refuses(users.new({ username: 'chenee' }), 'username', /taken by row/);
        await node.port.flush();
        await refuses(users.new({ username: 'chenee' }), 'username', /taken by row/);
        const other = await users.new({ username: 'other' });
        await refuses(other.update('username', 'chenee'), 'username', /taken by row/);
        await chenee.update('username', 'chenee');
        await chenee.update('username', 'renamed');
        await other.update('username', 'chenee');
        await node.port.flush();
        assert.deepEqual(
          (await world.rows('tb_register')).map(({ username }) => username),
          ['renamed', 'chenee'],
        );
      }));

    it('of many rows that want one unique value at once exactly one gets it', () =>
      worlds(async (world, node) => {
        const users = await node.admin('tb_register', 'id', { incrkey: 'id' });
        const results = await Promise.allSettled(Array.from({ length: 20 }, () => users.new({ username: 'one' })));
        assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
        await node.port.flush();
        assert.equal((await world.rows('tb_register')).length, 1);
      }));

    it('beyond the bound of dirty rows changes of other rows are refused until a flush made room', () =>
      worlds(
        async (_world, node) => {
          const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
          const first = await items.new({});
          for (let i = 1; i < 10; i++) await items.new({});
          await assert.rejects(items.new({}), QueueFull);
          await first.update('stack', 3);
          await node.port.flush();
          await items.new({});
        },
        { limits: { dirtyRows: 10 } },
      ));
  });

  describe(`${name}: flushing`, () => {
    it('unique values that swap, move along and change hands arrive in one flush', () =>
      worlds(async (world, node) => {
        const spots = await node.admin('tb_spot', 'id', { incrkey: 'id' });
        const rows = [];
        for (let place = 0; place < 6; place++) rows.push(await spots.new({ board: 1, place }));
        const [a, b, c, d, e, f] = rows;
        assert.ok(a && b && c && d && e && f);
        await node.port.flush();
        await a.update('place', 100); // a and b swap
        await b.update('place', 0);
        await a.update('place', 1);
        await e.update('place', 101); // c takes d's, d takes e's
        await d.update('place', 4);
        await c.update('place', 3);
        await f.delete(); // a new row takes f's
        const g = await spots.new({ board: 1, place: 5 });
        const report = await node.port.flush();
        assert.deepEqual([report.dirty, report.refused], [0, []]);
        const places = Object.fromEntries((await world.rows('tb_spot')).map(({ id, place }) => [Number(id), place]));
        const expected = [
          [a, 1],
          [b, 0],
          [c, 3],
          [d, 4],
          [e, 101],
          [g, 5],
        ] as const;
        assert.deepEqual(places, Object.fromEntries(expected.map(([row, place]) => [Number(row.pk), place])));
      }));

    it('hundreds of rows of one table, of every kind, arrive as they are', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const made = await Promise.all(Array.from({ length: 345 }, (_, i) => items.new({ stack: i })));
        await node.port.flush();
        await Promise.all(made.map((item, i) => (i % 5 === 0 ? item.delete() : item.update('coin', i))));
        const report = await node.port.flush();
        assert.deepEqual([report.updated, report.deleted, report.dirty], [276, 69, 0]);
        const rows = await world.rows('tb_item');
        assert.equal(rows.length, 276);
        assert.ok(rows.every(({ stack, coin }) => stack === coin));
      }));

    it('a row that is made and deleted before a flush, or deleted and made again, ends as it was left', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const gone = await items.new({ name: 'gone' });
        await gone.delete();
        const again = await items.new({ name: 'first', stack: 9 });
        await node.port.flush();
        await again.delete();
        await items.new({ id: again.pk as number, name: 'second' });
        await node.port.flush();
        assert.deepEqual(
          (await world.rows('tb_item')).map(({ name: n, stack }) => [n, stack]),
          [['second', 1]],
        );
      }));

    it('a database that is away for a while loses nothing and holds no change up', () =>
      worlds(
        async (world, node) => {
          const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
          const item = await items.new({ stack: 1 });
          await node.port.flush();
          world.faults.down = true;
          await item.update('stack', 2);
          await assert.rejects(node.port.flush(), StoreDown);
          await item.update('coin', 3);
          assert.deepEqual(await item.getMulti(['stack', 'coin']), { stack: 2, coin: 3 });
          world.faults.down = false;
          await until(async () => world.writer.stats.dirtyRows === 0); // the interval's own retry
          const [row] = await world.rows('tb_item');
          assert.deepEqual([row?.stack, row?.coin], [2, 3]);
        },
        { limits: { flushIntervalMs: 20 } },
      ));

    it('a commit whose answer was lost is neither lost nor written twice', () =>
      worlds(async (world, node) => {
        const [items, users] = [
          await node.admin('tb_item', 'id', { incrkey: 'id' }),
          await node.admin('tb_register', 'id', { incrkey: 'id' }),
        ];
        const user = await users.new({ username: 'a' });
        const item = await items.new({});
        world.faults.loseAnswer = true;
        await assert.rejects(node.port.flush(), StoreDown);
        await user.update('username', 'b');
        await item.delete();
        const report = await node.port.flush();
        assert.deepEqual([report.dirty, report.refused], [0, []]);
        assert.deepEqual(
          (await world.rows('tb_register')).map(({ username }) => username),
          ['b'],
        );
        assert.deepEqual(await world.rows('tb_item'), []);
      }));
  });

  describe(`${name}: everything at once`, () => {
    const seed = Number(process.env.FIREFLY_SEED ?? Date.now() % 1_000_000);

    it(`every node reads what it wrote, and SQL ends with it, under flushes, evictions and faults (FIREFLY_SEED=${seed})`, () =>
      worlds(async (world, node) => {
        const random = randomFrom(seed);
        const admins = [await node.admin('tb_spot', 'id', { fk: 'board' }), await world.node().admin('tb_spot', 'id', { fk: 'board' })];
        const pick = () => admins[random(2)] ?? assert.fail();
        const model = new Map<number, Row>();
        /** The only one who changes this row, so the model is what everybody must read. */
        const worker = async (id: number): Promise<void> => {
          for (let step = 0; step < 60; step++) {
            const fields = { board: random(3), place: random(12) };
            const known = model.get(id);
            try {
              if (!known) {
                await pick().new({ id, ...fields });
                model.set(id, { id, ...fields });
              } else if (random(5) === 0) {
                await pick().deleteMode(id);
                model.delete(id);
              } else {
                await node.access.committer.commit([{ op: 'update', table: 'tb_spot', pk: id, fields }]);
                model.set(id, { id, ...fields });
              }
            } catch (error) {
              assert.ok(error instanceof RowRefused && error.field === 'board, place', String(error));
            }
            assert.deepEqual(await pick().getObjData(id), model.get(id) ?? null);
            const board = Number(model.get(id)?.board ?? 0);
            assert.equal((await pick().getAllPkByFk(board)).includes(id), model.get(id)?.board === board);
          }
        };
        let working = true;
        const trouble = async (): Promise<void> => {
          while (working) {
            world.faults.down = random(4) === 0;
            world.faults.loseAnswer = random(3) === 0;
            const id = 1 + random(8);
            await (random(2) ? node.port.flush() : node.port.evict('tb_spot', id)).catch((error) => assert.ok(error instanceof StoreDown));
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        const troubled = trouble();
        await Promise.all(Array.from({ length: 8 }, (_, i) => worker(i + 1))).finally(() => {
          working = false;
        });
        await troubled;
        world.faults.heal();
        const report = await node.port.flush();
        assert.deepEqual([report.dirty, report.refused], [0, []]);
        assert.deepEqual(
          await world.rows('tb_spot'),
          [...model.keys()].sort((a, b) => a - b).map((id) => model.get(id)),
        );
      }));
  });

  describe(`${name}: queries`, () => {
    it('a fresh query sees what was acknowledged before it', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        await items.new({ name: 'unflushed' });
        const sql = 'SELECT name FROM tb_item WHERE stack = ?';
        assert.deepEqual((await node.port.query(sql, [1], {})).rows, []);
        assert.deepEqual((await node.port.query(sql, [1], { fresh: true })).rows, [{ name: 'unflushed' }]);
      }));

    it('a statement that writes a managed table is refused, one that reads it and writes another is run', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        await items.new({ name: 'sword' });
        await world.make('tb_log');
        for (const sql of [
          'UPDATE tb_item SET stack = 1',
          'delete from `TB_ITEM`',
          'DROP TABLE tb_item',
          'SELECT 1; DELETE FROM tb_item',
        ]) {
          await assert.rejects(node.port.query(sql, [], {}), QueryRefused, sql);
        }
        const copied = await node.port.query('INSERT INTO tb_log (text) SELECT name FROM tb_item', [], { fresh: true });
        assert.equal(copied.affectedRows, 1);
        assert.equal((await world.rows('tb_log'))[0]?.text, 'sword');
      }));

    it('a row that was changed by hand in SQL is seen after it was evicted', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        await node.port.flush();
        await world.sql.query('UPDATE tb_item SET stack = 50');
        assert.equal(await item.get('stack'), 1);
        await item.mdelete();
        assert.equal(await item.get('stack'), 50);
      }));
  });

  describe(`${name}: what Firefly got wrong`, () => {
    it('bug 1: ids never start again, whoever registers the table and whatever is not flushed', () =>
      worlds(async (world, first) => {
        const options = { incrkey: 'id' };
        const [a, b] = [await first.admin('tb_item', 'id', options), await world.node().admin('tb_item', 'id', options)];
        const ids = (await Promise.all(Array.from({ length: 120 }, (_, i) => (i % 2 ? a : b).new({})))).map(({ pk }) => Number(pk));
        await a.insert();
        ids.push(Number((await (await world.node().admin('tb_item', 'id', options)).new({})).pk));
        await a.new({ id: 5_000 });
        ids.push(5_000, Number((await (await world.node().admin('tb_item', 'id', options)).new({})).pk));
        await world.crash(); // none of them is in SQL
        const after = Number((await (await world.node().admin('tb_item', 'id', options)).new({})).pk);
        assert.equal(new Set(ids).size, 123);
        assert.ok(after > Math.max(...ids.filter((id) => id < 5_000)));
        await world.sql.query('INSERT INTO tb_item (id) VALUES (70000)');
        assert.ok(Number((await world.node().port.ids('tb_item', 1)).first) > 70_000);
      }));

    it('bug 1: the first id is the one at which the table was told to start', () =>
      worlds(async (world, node) => {
        await world.make('tb_item');
        await world.sql.query(
          world.sql.dialect === 'mysql'
            ? `ALTER TABLE tb_item AUTO_INCREMENT = 1000001, COMMENT = 'items (AUTO_INCREMENT=5)'`
            : `INSERT INTO sqlite_sequence (name, seq) VALUES ('tb_item', 1000000)`,
        );
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        assert.equal((await items.new({})).pk, 1_000_001);
      }));

    it('bug 1: an id that another row was given by hand is passed over', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const first = Number((await items.new({})).pk);
        await items.new({ id: first + 1 });
        assert.equal((await items.new({})).pk, first + 2);
      }));

    it('bug 2: a row that SQL refuses keeps no other row and no later flush from SQL', () =>
      worlds(async (world, node) => {
        const [checked, items] = [
          await node.admin('tb_checked', 'id', { incrkey: 'id' }),
          await node.admin('tb_item', 'id', { incrkey: 'id' }),
        ];
        const rows = await Promise.all(Array.from({ length: 40 }, () => checked.new({})));
        const bad = rows[17];
        assert.ok(bad);
        await bad.update('level', 100); // only the database knows the CHECK
        await items.new({ name: '灵魂' });
        const report = await node.port.flush();
        assert.deepEqual([report.dirty, report.refused.map(({ table, pk }) => [table, pk])], [0, [['tb_checked', bad.pk]]]);
        assert.equal((await world.rows('tb_checked')).length, 39);
        assert.equal((await world.rows('tb_item'))[0]?.name, '灵魂');
        assert.equal(await bad.get('level'), 100); // acknowledged, so it is still there
        await assert.rejects(bad.update('level', 99), (error) => error instanceof RowRefused && /quarantine/.test(error.reason));
        await world.crash();
        assert.equal(await bad.get('level'), 100);
        assert.deepEqual(
          (await node.port.quarantine()).map(({ pk }) => pk),
          [bad.pk],
        );
        await node.port.drop('tb_checked', bad.pk);
        assert.equal(await checked.getObj(bad.pk), null); // what SQL says: it never took the row
        assert.equal((await world.rows('tb_checked')).length, 39);
      }));

    it('bug 3: clean rows leave memory when there are too many', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const picture = Buffer.alloc(7 * 1024 * 1024);
        for (let i = 0; i < 12; i++) await items.new({ picture });
        assert.deepEqual((await node.port.flush()).refused, []);
        assert.ok(world.writer.stats.cleanRows < 10, `${world.writer.stats.cleanRows} rows of 7 MiB`);
        assert.equal(await items.load(), 12);
      }));

    it('bugs 4 and 5: what memcached drops is neither lost nor deleted from SQL', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const made = await Promise.all(Array.from({ length: 50 }, (_, i) => items.new({ stack: i })));
        const cache = world.client();
        assert.ok(cache);
        for (const item of made) assert.equal(await cache.delete(`tb_item:${item.pk}`), true);
        assert.equal(await made[7]?.get('stack'), 7);
        await made[8]?.update('coin', 8);
        await node.port.flush();
        assert.equal((await world.rows('tb_item')).length, 50);
        for (const item of made) await cache.delete(`tb_item:${item.pk}`);
        assert.equal((await items.getObjList(made.map(({ pk }) => pk))).length, 50);
      }));

    it('bug 6: every dirty row is known without asking memcached', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        for (let i = 0; i < 12; i++) await Promise.all(Array.from({ length: 250 }, () => items.new({})));
        assert.equal(world.writer.stats.dirtyRows, 3_000);
        assert.equal((await node.port.flush()).inserted, 3_000);
        assert.equal((await world.rows('tb_item')).length, 3_000);
      }));

    it('bug 7: a change that lands during a flush stays dirty and reaches SQL with the next', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 10 });
        const held = world.faults.holdCommit();
        const flushed = node.port.flush();
        await held;
        await item.update('stack', 11);
        world.faults.release();
        assert.equal((await flushed).dirty, 1);
        assert.equal((await world.rows('tb_item'))[0]?.stack, 10);
        assert.equal((await node.port.flush()).dirty, 0);
        assert.equal((await world.rows('tb_item'))[0]?.stack, 11);
      }));

    it('bug 8: a row that is too large for memcached is stored and read like any other', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ name: 'small' });
        const picture = Buffer.alloc(3_000_000, 'p');
        await item.update('picture', picture);
        assert.deepEqual(await item.get('picture'), picture);
        await item.update('name', 'large');
        assert.equal(await item.get('name'), 'large');
        await node.port.flush();
        assert.deepEqual((await world.rows('tb_item'))[0]?.picture, picture);
      }));

    it('two processes that count in different columns of one row at once lose nothing', () =>
      worlds(async (world, first) => {
        const items = await first.admin('tb_item', 'id', { incrkey: 'id' });
        const { pk } = await items.new({ stack: 0 });
        const count = async (node: Node, field: string): Promise<void> => {
          const item = await (await node.admin('tb_item')).getObj(pk);
          assert.ok(item);
          for (let i = 0; i < 200; i++) await item.update(field, Number(await item.get(field)) + 1);
        };
        await Promise.all([count(first, 'stack'), count(world.node(), 'coin')]);
        await first.port.flush();
        const [row] = await world.rows('tb_item');
        assert.deepEqual([row?.stack, row?.coin], [200, 200]);
      }));

    it('an update of a deleted row does not bring it back', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({});
        await node.port.flush();
        await items.deleteMode(item.pk);
        await items.deleteMode(item.pk);
        await assert.rejects(item.update('stack', 5), NoSuchRow);
        await node.port.flush();
        await assert.rejects(item.update('stack', 5), NoSuchRow);
        await assert.rejects(item.delete(), NoSuchRow);
        assert.deepEqual(await world.rows('tb_item'), []);
        assert.equal(await items.getObj(item.pk), null);
      }));

    it('a stop writes everything, and acknowledges nothing after it', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 2 });
        await world.writer.stop();
        assert.equal(world.writer.stats.dirtyRows, 0);
        assert.equal((await world.rows('tb_item'))[0]?.stack, 2);
        const late = { op: 'update', table: 'tb_item', pk: item.pk, fields: { stack: 3 } } as const;
        await assert.rejects(
          world.writer.commit({ id: { source: 'late', counter: 1, settled: 1 }, reads: [], changes: [late] }),
          JournalDown,
        );
      }));

    it('after a crash of the writer every node reads what was acknowledged, although it never reached SQL', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        await node.port.flush();
        await item.update('stack', 2);
        assert.equal(await item.get('stack'), 2);
        await world.crash();
        assert.equal(await item.get('stack'), 2); // the item in memcached is of an earlier epoch, and the new writer is told of the table by itself
        assert.equal((await world.rows('tb_item'))[0]?.stack, 1);
        await node.port.flush();
        assert.equal((await world.rows('tb_item'))[0]?.stack, 2);
      }));
  });
}

/** The same numbers for the same seed, from 0 to `below` - 1. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
