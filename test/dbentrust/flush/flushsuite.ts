/** What a flush promises, on either database. Each of Firefly's bugs in saving has a test that shows it gone, named "Firefly: ...". */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { JournalDown, SqlRefused, StoreDown } from '../../../src/errors';
import { keptLog } from '../../helpers/log';
import type { FreshDatabase } from '../../helpers/services';
import { until } from '../world';
import { FlushWorld, type FlushWorldOptions } from './world';

export function flushSuite(name: string, fresh: () => Promise<FreshDatabase>): void {
  const worlds = async (tables: string[], body: (world: FlushWorld) => Promise<void>, options: FlushWorldOptions = {}): Promise<void> => {
    const database = await fresh();
    try {
      await using world = await FlushWorld.open(database, { tables, ...options });
      await body(world);
    } finally {
      await database.drop();
    }
  };

  describe(`a flush on ${name}`, () => {
    it('brings new, changed and deleted rows, the position and the ids into SQL together', () =>
      worlds(['plain'], async (world) => {
        for (let id = 1; id <= 345; id++) world.put('plain', id, { id, name: `n${id}`, coin: 0 });
        world.ids.set('plain', 400);
        assert.deepEqual((await world.flusher.flush()).inserted, 345);
        for (let id = 1; id <= 345; id++) world.put('plain', id, id % 5 === 0 ? null : { id, name: `n${id}`, coin: id });
        const report = await world.flusher.flush();
        assert.deepEqual([report.updated, report.deleted, report.dirty, report.refused], [276, 69, 0, []]);
        const rows = await world.rows('plain');
        assert.equal(rows.length, 276);
        assert.ok(rows.every(({ id, coin }) => id === coin));
        assert.equal(await world.appliedInSql(), world.position);
        assert.equal(world.applied, world.position);
        assert.deepEqual(await world.rows('firefly_ids'), [{ name: 'plain', next_id: 401 }]);
      }));

    it('never lowers an id that was granted', () =>
      worlds(['plain'], async (world) => {
        for (const last of [900, 100]) {
          world.position += 1;
          world.ids.set('plain', last);
          await world.flusher.flush();
        }
        assert.deepEqual(await world.rows('firefly_ids'), [{ name: 'plain', next_id: 901 }]);
      }));

    it('updates rows with further unique keys many a statement, and every value arrives as it was', () =>
      worlds(
        ['wide'],
        async (world) => {
          const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
          const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(smallest);
          const text = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !value.includes('\0'));
          const values = fc.record({
            big: int64,
            huge: world.sql.dialect === 'mysql' ? optional(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(smallest)) : fc.constant(null),
            small: optional(fc.integer({ min: -128, max: 127 })),
            price: optional(fc.integer({ min: -999_999, max: 999_999 }).map((mills) => (mills / 1000).toFixed(3))),
            ratio: optional(
              fc
                .double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 })
                .map((value) => (Math.abs(value) < 1e-15 ? 0 : value)),
            ),
            made: optional(fc.constantFrom('2031-05-01 12:00:00', '1999-12-31 23:59:59')),
            born: optional(fc.constantFrom('2031-05-01', '1999-12-31')),
            doc: optional(text.map((value) => JSON.stringify({ value }))),
            note: optional(text),
            picture: optional(fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes))),
          });
          for (let id = 1; id <= 12; id++) world.put('wide', id, { id, mark: `m${id}`, big: 0, ...NOTHING });
          await world.flusher.flush();
          await fc.assert(
            fc.asyncProperty(fc.array(values, { minLength: 2, maxLength: 12 }), async (rows) => {
              rows.forEach((row, index) => {
                world.put('wide', index + 1, { id: index + 1, mark: `m${index + 1}`, ...row });
              });
              const report = await world.flusher.flush();
              assert.deepEqual([report.updated, report.refused], [rows.length, []]);
              for (const stored of (await world.rows('wide')).slice(0, rows.length)) {
                const now = world.table('wide').rows.get(String(stored.id))?.now;
                assert.deepEqual({ ...stored }, { ...now });
              }
            }),
            { numRuns: 60 },
          );
        },
        { rows: 5 },
      ));

    it('swaps, chains and hand-overs of unique values arrive among hundreds of plain updates', () =>
      worlds(['named'], async (world) => {
        for (let id = 1; id <= 300; id++) world.put('named', id, { id, name: `n${id}`, coin: 0 });
        await world.flusher.flush();
        const expected = new Map<number, string>();
        for (let id = 1; id <= 300; id++) expected.set(id, `n${id}`);
        const chain = [
          [10, 'n20'], // 10 and 20 swap
          [20, 'n10'],
          [30, 'n31'], // 30 takes from 31, 31 from 32
          [31, 'n32'],
          [32, 'free'],
        ] as const;
        for (const [id, name] of chain) expected.set(id, name);
        expected.delete(40); // the owner of n40 goes, 301 comes with its name
        expected.set(301, 'n40');
        for (let id = 1; id <= 301; id++) {
          const name = expected.get(id);
          world.put('named', id, name === undefined ? null : { id, name, coin: 1 });
        }
        const report = await world.flusher.flush();
        assert.deepEqual(report.refused, []);
        assert.deepEqual(new Map((await world.rows('named')).map((row) => [Number(row.id), String(row.name)])), expected);
      }));

    it('rows come after those that they refer to, and go before them, in whichever order they changed', () =>
      worlds(['parent', 'child'], async (world) => {
        for (let id = 1; id <= 30; id++) world.put('child', id, { id, parent: id, level: 1 });
        for (let id = 1; id <= 30; id++) world.put('parent', id, { id, name: 'p' });
        world.tables = new Map([...world.tables].reverse());
        const statements = world.faults.count();
        assert.deepEqual((await world.flusher.flush()).refused, []);
        assert.ok(statements() < 20, `${statements()} statements`);
        for (let id = 1; id <= 30; id++) world.put('parent', id, null);
        for (let id = 1; id <= 30; id++) world.put('child', id, null);
        const again = world.faults.count();
        assert.deepEqual((await world.flusher.flush()).refused, []);
        assert.ok(again() < 20, `${again()} statements`);
        assert.deepEqual([await world.rows('parent'), await world.rows('child')], [[], []]);
      }));

    it('rows that somebody deleted by hand are there again after their next change', () =>
      worlds(['named'], async (world) => {
        for (let id = 1; id <= 20; id++) world.put('named', id, { id, name: `n${id}`, coin: 0 });
        await world.flusher.flush();
        await world.sql.query('DELETE FROM named WHERE id IN (3, 7)');
        for (let id = 1; id <= 20; id++) world.put('named', id, { id, name: `n${id}`, coin: 5 });
        assert.deepEqual((await world.flusher.flush()).refused, []);
        assert.equal((await world.rows('named')).filter(({ coin }) => coin === 5).length, 20);
      }));

    it('a row that somebody inserted by hand gives way to the acknowledged one', () =>
      worlds(['named'], async (world) => {
        await world.sql.query("INSERT INTO named (id, name) VALUES (3, 'by hand')");
        for (let id = 1; id <= 5; id++) world.put('named', id, { id, name: `n${id}`, coin: 5 });
        assert.deepEqual((await world.flusher.flush()).refused, []);
        assert.deepEqual(
          (await world.rows('named')).map((row) => row.name),
          ['n1', 'n2', 'n3', 'n4', 'n5'],
        );
      }));

    it('waits until the journal is durable, and writes nothing when it fails', () =>
      worlds(['plain'], async (world) => {
        world.put('plain', 1, { id: 1, name: 'a', coin: 0 });
        world.durable = async (position) => {
          assert.equal(position, world.position);
          assert.deepEqual(await world.rows('plain'), []);
          throw new JournalDown('the disk is gone');
        };
        await assert.rejects(world.flusher.flush(), JournalDown);
        assert.deepEqual([await world.rows('plain'), world.dirty, world.failures], [[], 1, 1]);
      }));

    it('callers that ask before it starts share one flush', () =>
      worlds(['plain'], async (world) => {
        world.put('plain', 1, { id: 1, name: 'a', coin: 0 });
        const reports = await Promise.all([world.flusher.flush(), world.flusher.flush(), world.flusher.flush()]);
        assert.equal(new Set(reports).size, 1);
        assert.equal(world.flusher.commits, 1);
      }));

    it('Firefly: an update that lands during the save is not taken for saved', () =>
      worlds(['plain'], async (world) => {
        const row = world.put('plain', 1, { id: 1, name: 'a', coin: 10 });
        const written = world.faults.holdCommit();
        const flush = world.flusher.flush();
        await written;
        world.put('plain', 1, { id: 1, name: 'a', coin: 11 });
        world.faults.release();
        assert.equal((await flush).dirty, 1);
        assert.deepEqual([row.dirty, row.stored?.coin], [true, 10]);
        await world.flusher.flush();
        assert.deepEqual([row.dirty, (await world.rows('plain'))[0]?.coin], [false, 11]);
      }));

    it('Firefly: SQL that fails marks nothing as saved, and the interval goes on by itself', async () => {
      const { log, lines } = keptLog();
      const logged = (event: string) => lines.filter((line) => line.event === event).length;
      await worlds(
        ['plain'],
        async (world) => {
          world.faults.down = true;
          for (let id = 1; id <= 30; id++) world.put('plain', id, { id, name: 'a', coin: 0 });
          world.flusher.start();
          await until(async () => world.failures >= 3);
          assert.deepEqual([world.dirty, await world.rows('plain')], [30, []]);
          assert.equal(logged('flush failed'), 1); // one line a cause
          world.faults.down = false;
          await until(async () => world.dirty === 0);
          assert.equal((await world.rows('plain')).length, 30);
          assert.equal(logged('flush recovered'), 1);
          assert.match(await world.metrics.text(), /firefly_flush_failures_total\{node="dbfront"\} [3-9]/);
        },
        { intervalMs: 5, log },
      );
    });

    it('Firefly: a name that is not ASCII is saved, and what comes after it too', () =>
      worlds(
        ['plain'],
        async (world) => {
          world.flusher.start();
          world.put('plain', 1, { id: 1, name: '永夜 🔥 ñ', coin: 0 });
          await until(async () => world.dirty === 0);
          world.put('plain', 2, { id: 2, name: 'after', coin: 0 });
          await until(async () => world.dirty === 0);
          assert.deepEqual(
            (await world.rows('plain')).map((row) => row.name),
            ['永夜 🔥 ñ', 'after'],
          );
        },
        { intervalMs: 5 },
      ));

    it('Firefly: of 60,000 changed rows not one is left out', () =>
      worlds(['plain'], async (world) => {
        for (let id = 1; id <= 60_000; id++) world.put('plain', id, { id, name: 'a', coin: id });
        assert.equal((await world.flusher.flush()).inserted, 60_000);
        const { rows } = await world.sql.query('SELECT COUNT(*) AS n FROM plain WHERE coin = id');
        assert.equal(Number(rows[0]?.n), 60_000);
      }));

    it('a commit whose answer was lost is found out by the position, and nothing is written twice', () =>
      worlds(['named'], async (world) => {
        world.put('named', 1, { id: 1, name: 'a', coin: 0 });
        const gone = world.put('named', 2, { id: 2, name: 'b', coin: 0 });
        world.faults.loseAnswer = true;
        await assert.rejects(world.flusher.flush(), StoreDown);
        assert.deepEqual([world.dirty, world.failures], [2, 0]); // nobody knows yet
        world.put('named', 2, null);
        const third = world.put('named', 3, { id: 3, name: 'b', coin: 0 });
        const report = await world.flusher.flush();
        assert.deepEqual([report.inserted, report.deleted, report.dirty, report.refused], [1, 1, 0, []]);
        assert.deepEqual([gone.stored, third.stored?.name], [null, 'b']);
        assert.deepEqual(
          (await world.rows('named')).map((row) => [row.id, row.name]),
          [
            [1, 'a'],
            [3, 'b'],
          ],
        );
      }));

    it('a commit of which nobody knows whether it happened, and it did not, is made again', () =>
      worlds(['named'], async (world) => {
        world.put('named', 1, { id: 1, name: 'a', coin: 0 });
        world.faults.loseCommit = true;
        await assert.rejects(world.flusher.flush(), StoreDown);
        world.put('named', 1, { id: 1, name: 'b', coin: 0 });
        const report = await world.flusher.flush();
        assert.deepEqual([report.inserted, report.dirty, world.failures], [1, 0, 1]);
        assert.deepEqual(
          (await world.rows('named')).map((row) => row.name),
          ['b'],
        );
      }));

    it('a deadlock or a lock held too long is no fault of the rows: all is tried again', () =>
      worlds(['plain'], async (world) => {
        world.put('plain', 1, { id: 1, name: 'a', coin: 0 });
        world.faults.conflict = true;
        await assert.rejects(world.flusher.flush(), (error) => error instanceof SqlRefused && error.kind === 'conflict');
        assert.deepEqual([world.dirty, world.quarantine.size], [1, 0]);
        await world.flusher.flush();
        assert.deepEqual([world.dirty, (await world.rows('plain')).length], [0, 1]);
      }));

    it('tells how far SQL is behind', () =>
      worlds(['plain'], async (world) => {
        assert.match(await world.metrics.text(), /firefly_dirty_seconds\{node="dbfront"\} 0\n/);
        world.put('plain', 1, { id: 1, name: 'a', coin: 0 });
        assert.doesNotMatch(await world.metrics.text(), /firefly_dirty_seconds\{node="dbfront"\} 0\n/);
        await world.flusher.flush();
        const text = await world.metrics.text();
        for (const sample of [
          /firefly_dirty_seconds\{.*\} 0\n/,
          /firefly_rows_flushed_total\{.*\} 1\n/,
          /firefly_flushes_total\{.*\} 1\n/,
          /firefly_flush_seconds_total/,
        ])
          assert.match(text, sample);
      }));
  });
}

const NOTHING = { huge: null, small: null, price: null, ratio: null, made: null, born: null, doc: null, note: null, picture: null };

function smallest(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
