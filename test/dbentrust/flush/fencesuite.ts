/** One writer: whatever an earlier one does, also one that was frozen inside a transaction, changes nothing once another took over. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fence } from '../../../src/dbentrust/flush/applied';
import { openStore } from '../../../src/dbentrust/sql/open';
import { Replaced, StartFailed } from '../../../src/errors';
import { type FreshDatabase, silentLog } from '../../helpers/services';
import { FaultyWriter } from './child';
import { FlushWorld } from './world';

export function fenceSuite(
  name: string,
  fresh: () => Promise<FreshDatabase>,
  frozenInside: (database: FreshDatabase, frozen: FaultyWriter) => Promise<void>,
): void {
  const databases = async (body: (database: FreshDatabase) => Promise<void>): Promise<void> => {
    const database = await fresh();
    try {
      await body(database);
    } finally {
      await database.drop();
    }
  };

  describe(`the fence on ${name}`, () => {
    it('knows of no journal at first, and of the position after that', () =>
      databases(async (database) => {
        await using world = await FlushWorld.open(database, { tables: ['plain'], uuid: 'u1', epoch: 3 });
        assert.deepEqual(await world.fence.current(), { uuid: 'u1', position: 0, epoch: 3 });
        world.put('plain', 1, { id: 1, name: 'a', coin: 0 });
        await world.flusher.flush();
        assert.deepEqual(await world.fence.current(), { uuid: 'u1', position: world.position, epoch: 3 });
      }));

    it('is empty before the first writer', () =>
      databases(async ({ config, dataDir }) => {
        const store = await openStore(config, { dataDir, sqlMs: 20_000, log: silentLog() });
        try {
          const fence = new Fence(store, silentLog());
          await fence.open();
          await fence.open();
          assert.equal(await fence.current(), undefined);
          await assert.rejects(
            store.transaction((tx) => fence.enter(tx)),
            StartFailed,
          );
        } finally {
          await store.close();
        }
      }));

    it('refuses a journal that is not the one SQL follows, and a folder older than SQL', () =>
      databases(async (database) => {
        await using _first = await FlushWorld.open(database, { uuid: 'u1', epoch: 3 });
        await assert.rejects(FlushWorld.open(database, { uuid: 'u2', epoch: 9 }), (error) => {
          assert.ok(error instanceof StartFailed);
          assert.match(error.message, /follows journal u1.*holds journal u2.*repair/);
          return true;
        });
        for (const epoch of [2, 3]) {
          await assert.rejects(FlushWorld.open(database, { uuid: 'u1', epoch }), (error) => {
            assert.ok(error instanceof StartFailed);
            assert.match(error.message, /seen epoch 3.*claims [23].*repair/);
            return true;
          });
        }
      }));

    it('lets nothing of a replaced writer through, and ends it', () =>
      databases(async (database) => {
        await using old = await FlushWorld.open(database, { tables: ['plain'], epoch: 1 });
        old.put('plain', 1, { id: 1, name: 'old', coin: 0 });
        await old.flusher.flush();
        await using next = await FlushWorld.open(database, { tables: ['plain'], epoch: 2 });
        next.put('plain', 1, { id: 1, name: 'new', coin: 0 });
        await next.flusher.flush();
        old.put('plain', 1, { id: 1, name: 'overwritten', coin: 0 });
        old.put('plain', 2, { id: 2, name: 'overwritten', coin: 0 });
        await assert.rejects(old.flusher.flush(), Replaced);
        assert.ok(old.replaced);
        await assert.rejects(old.flusher.flush(), Replaced);
        assert.deepEqual([old.dirty, (await next.rows('plain')).map((row) => row.name)], [2, ['new']]);
      }));

    it('a flush whose answer was lost and that was replaced meanwhile is told so', () =>
      databases(async (database) => {
        await using old = await FlushWorld.open(database, { tables: ['plain'], epoch: 1 });
        old.put('plain', 1, { id: 1, name: 'old', coin: 0 });
        old.faults.loseAnswer = true;
        await assert.rejects(old.flusher.flush());
        await using next = await FlushWorld.open(database, { tables: ['plain'], epoch: 2 });
        assert.ok(next.position > 0);
        await assert.rejects(old.flusher.flush(), Replaced);
      }));

    // Positions: 300 after the first flush, 600 after the second.
    for (const [point, applied] of [
      ['flush.begun', 300],
      ['flush.written', 300],
      ['flush.committed', 600],
    ] as const) {
      it(`a writer that dies at ${point} leaves all of a flush or nothing, and its successor goes on from there`, () =>
        databases(async (database) => {
          await using dead = await startFaulty(database, `${point}:2:kill`);
          assert.equal(await dead.line(), undefined);
          await using next = await FlushWorld.open(database, { tables: ['plain', 'named'], epoch: 2 });
          assert.equal(next.position, applied);
          for (const table of ['plain', 'named']) assert.deepEqual(await coins(next, table), [applied / 300]);
          // What the journal would bring again.
          for (const table of ['plain', 'named']) {
            for (let id = 1; id <= 150; id++) {
              const row = next.put(table, id, { id, name: `new ${id}`, coin: 2 });
              row.stored = undefined;
            }
          }
          assert.deepEqual((await next.flusher.flush()).refused, []);
          for (const table of ['plain', 'named']) assert.deepEqual(await coins(next, table), [2]);
        }));
    }

    it('a flush that fails after it was written, or after its commit, is made up for by the next', () =>
      databases(async (database) => {
        for (const point of ['flush.begun', 'flush.written', 'flush.committed']) {
          await using failing = await startFaulty(database, `${point}:2:throw`);
          assert.equal(await failing.line(), 'failed Error');
          assert.equal(await failing.line(), 'then committed');
          assert.equal(await failing.line(), undefined);
          const store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 20_000, log: silentLog() });
          assert.deepEqual((await store.query('SELECT DISTINCT coin FROM plain')).rows, [{ coin: 2 }]);
          for (const table of ['firefly_applied', 'plain', 'named']) await store.query(`DROP TABLE ${table}`);
          await store.close();
        }
      }));

    it('a writer that is frozen outside of a transaction changes nothing when it wakes up after another took over', () =>
      databases(async (database) => {
        await using frozen = await startFaulty(database, 'flush.begun:2:freeze');
        await frozen.stopped();
        await takeOver(database, frozen);
        assert.equal(await frozen.line(), 'failed Replaced');
        assert.equal(await frozen.line(), 'then failed Replaced');
      }));

    it('a writer that is frozen before its COMMIT changes nothing when it wakes up after another took over', () =>
      databases(async (database) => {
        await using frozen = await startFaulty(database, 'flush.written:2:freeze');
        await frozen.stopped();
        await frozenInside(database, frozen);
      }));
  });
}

/** A second writer takes over and flushes; then the frozen one goes on. Whatever that does, the second one's rows stay. */
export async function takeOver(database: FreshDatabase, frozen: FaultyWriter): Promise<void> {
  await using next = await FlushWorld.open(database, { tables: ['plain', 'named'], epoch: 2 });
  for (const table of ['plain', 'named']) assert.deepEqual(await coins(next, table), [1]);
  for (const table of ['plain', 'named'])
    for (let id = 1; id <= 150; id++) next.put(table, id, { id, name: `next ${id}`, coin: 3 }).stored = undefined;
  await next.flusher.flush();
  frozen.wake();
  await frozen.ended();
  for (const table of ['plain', 'named']) assert.deepEqual(await coins(next, table), [3]);
  assert.equal(await next.appliedInSql(), next.position);
}

async function coins(world: FlushWorld, table: string): Promise<unknown[]> {
  return (await world.sql.query(`SELECT DISTINCT coin FROM ${table}`)).rows.map(({ coin }) => coin);
}

async function startFaulty({ config, dataDir }: FreshDatabase, fault: string): Promise<FaultyWriter> {
  const faulty = await FaultyWriter.start('faultywriter.js', { config, dataDir }, fault);
  assert.equal(await faulty.line(), 'flushing');
  return faulty;
}
