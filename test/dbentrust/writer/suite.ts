/** What the writer promises of changes, on whichever database: made once, decided on what is there, held by leases, there after a restart. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Change, ChangeGroup, ChangeId, ReadVersion } from '../../../src/dbentrust/change';
import { Committer } from '../../../src/dbentrust/committer';
import { MAdmin } from '../../../src/dbentrust/face/madmin';
import { transaction } from '../../../src/dbentrust/face/transaction';
import type { DataPort } from '../../../src/dbentrust/port';
import {
  Conflict,
  Deadline,
  JournalFull,
  LeaseLost,
  NoSuchRow,
  RowLocked,
  RowRefused,
  StartFailed,
  TransactionTooLarge,
} from '../../../src/errors';
import { until } from '../world';
import { type Stores, worldsOn } from '../worlds';

export function writerSuite(name: string, stores: Stores): void {
  const worlds = worldsOn(stores);

  /** Groups as one node sends them. */
  const groups = (source = 'node') => {
    let counter = 0;
    return (changes: readonly Change[], reads: readonly ReadVersion[] = [], settled = 1): ChangeGroup => {
      counter += 1;
      const id: ChangeId = { source, counter, settled };
      return { id, reads, changes };
    };
  };

  describe(`${name}: a group that comes again`, () => {
    it('is made once, at once or later, and answered with what was answered first', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const group = groups();
        const add = group([{ op: 'increment', table: 'tb_item', pk: item.pk, field: 'stack', by: 5 }]);
        const [first, twin] = await Promise.all([world.writer.commit(add), world.writer.commit(add)]);
        await world.writer.commit(group([{ op: 'increment', table: 'tb_item', pk: item.pk, field: 'stack', by: 1 }]));
        const again = await world.writer.commit(add);
        assert.deepEqual(first?.[0]?.row, { stack: 6 });
        assert.deepEqual([twin, again], [first, first]);
        assert.equal(await item.get('stack'), 7);
      }));

    it('is made once when the writer died in between, flushed or not', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const group = groups();
        const flushed = group([{ op: 'increment', table: 'tb_item', pk: item.pk, field: 'stack', by: 5 }]);
        const unflushed = group([{ op: 'insert', table: 'tb_item', row: { name: 'bow' } }]);
        const first = await world.writer.commit(flushed);
        await node.port.flush();
        const second = await world.writer.commit(unflushed);
        await world.crash();
        await node.admin('tb_item');
        assert.deepEqual(await world.writer.commit(flushed), first);
        assert.deepEqual(await world.writer.commit(unflushed), second);
        await world.crash();
        await node.port.flush();
        assert.deepEqual(await world.writer.commit(unflushed), second);
        const rows = (await world.rows('tb_item')).map(({ stack, name: called }) => [stack, called]);
        assert.deepEqual(rows, [
          [6, ''],
          [1, 'bow'],
        ]);
      }));

    it('is sent again by the node itself when the answer is lost, also over a restart', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 0 });
        world.faults.loseReplies.add('firefly.db.commit');
        assert.equal(await item.increment('stack', 7), 7);
        const restarting = world.crash();
        const added = await Promise.all(Array.from({ length: 20 }, () => item.increment('stack')));
        await restarting;
        assert.equal(Math.max(...added.map(Number)), 27);
        assert.equal(await item.get('stack'), 27);
      }));

    it('is new again when it was refused, and forgotten when its node has settled it', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const group = groups();
        const take = group([{ op: 'increment', table: 'tb_item', pk: item.pk, field: 'stack', by: -5, min: 0 }]);
        await assert.rejects(world.writer.commit(take), RowRefused);
        await item.update('stack', 10);
        assert.deepEqual((await world.writer.commit(take))[0]?.row, { stack: 5 });
        const next = group([{ op: 'update', table: 'tb_item', pk: item.pk, fields: { name: 'axe' } }], [], 2);
        await world.writer.commit(next);
        await assert.rejects(world.writer.commit(take), RangeError); // it came late, over a link that is gone
        assert.equal(await item.get('stack'), 5);
      }));
  });

  describe(`${name}: deciding`, () => {
    it('an update with ifVersion is made only on the version it was decided on', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const other = await (await world.node().admin('tb_item')).getObj(item.pk);
        assert.ok(other);
        await other.updateMulti({ stack: 2 }, { ifVersion: other.version });
        await other.updateMulti({ stack: 3 }, { ifVersion: other.version });
        await assert.rejects(item.updateMulti({ stack: 9 }, { ifVersion: item.version }), (error) => {
          assert.ok(error instanceof Conflict && error.retryable);
          assert.deepEqual([error.table, error.pk], ['tb_item', item.pk]);
          return true;
        });
        assert.equal(await item.get('stack'), 3);
        await item.updateMulti({ stack: 4 }, { ifVersion: item.version });
        await node.port.flush();
        await world.crash();
        await assert.rejects(item.delete({ ifVersion: item.version - 1 }), Conflict);
        assert.equal(await other.get('stack'), 4);
        await other.delete({ ifVersion: other.version });
      }));

    it('increments from everywhere lose nothing and stay within their bounds', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 0, coin: 9007199254740990n });
        const elsewhere = await (await world.node().admin('tb_item')).getObj(item.pk);
        assert.ok(elsewhere);
        const results = await Promise.allSettled(
          Array.from({ length: 150 }, (_, i) => (i % 2 ? item : elsewhere).increment('stack', 1, { max: 100 })),
        );
        assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 100);
        assert.equal(await item.get('stack'), 100);
        assert.equal(await item.increment('coin', 5n), 9007199254740995n);
        assert.equal(await item.increment('coin', -10), 9007199254740985);
        await assert.rejects(
          item.increment('stack', -101, { min: 0 }),
          (error) => error instanceof RowRefused && /below 0/.test(error.reason),
        );
        await assert.rejects(
          item.increment('stack', 2 ** 31),
          (error) => error instanceof RowRefused && /outside of int/.test(error.reason),
        );
        await assert.rejects(item.increment('made'), RowRefused);
        await assert.rejects(item.increment('nothing'), RowRefused);
        await node.port.flush();
        assert.equal((await world.rows('tb_item'))[0]?.stack, 100);
      }));

    it('a transaction moves all or nothing, and runs again when a row that it read has changed', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const elsewhere = world.node();
        const others = await elsewhere.admin('tb_item');
        const [a, b] = [await items.new({ coin: 1_000 }), await items.new({ coin: 1_000 })];
        let runs = 0;
        const move = (from: typeof node, admin: typeof items, amount: number) =>
          transaction(from.access, async (t) => {
            runs += 1;
            const row = await t.get(admin, a.pk);
            await t.update(admin, a.pk, { coin: Number(row?.coin) - amount });
            await t.increment(admin, b.pk, 'coin', amount);
            assert.equal((await t.get(admin, a.pk))?.coin, Number(row?.coin) - amount);
          });
        for (let i = 0; i < 30; i++) await Promise.all([move(node, items, 1), move(elsewhere, others, 2)]);
        assert.deepEqual([await a.get('coin'), await b.get('coin')], [910, 1090]);
        assert.ok(runs > 60, 'some of them met');
        const refused = transaction(node.access, async (t) => {
          await t.update(items, a.pk, { coin: 0 });
          await t.increment(items, b.pk, 'coin', 1, { max: 0 });
        });
        await assert.rejects(refused, RowRefused);
        await assert.rejects(
          transaction(node.access, async (t) => {
            await t.update(items, a.pk, { coin: 0 });
            throw new Error('changed its mind');
          }),
          /changed its mind/,
        );
        assert.equal(await a.get('coin'), 910);
        await world.crash();
        await node.port.flush();
        assert.deepEqual(
          (await world.rows('tb_item')).map(({ coin }) => coin),
          [910, 1090],
        );
      }));

    it('a transaction gives up with Conflict when others are always faster', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 0 });
        let runs = 0;
        const never = transaction(node.access, async (t) => {
          runs += 1;
          const row = await t.get(items, item.pk);
          await item.increment('stack');
          await t.update(items, item.pk, { stack: Number(row?.stack) + 100 });
        });
        await assert.rejects(never, Conflict);
        assert.deepEqual([runs, await item.get('stack')], [6, 6]);
      }));

    it('a transaction that would hold up all others is refused, before it is sent and by dbfront itself', () =>
      worlds(
        async (_world, node) => {
          const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
          const made = await Promise.all(Array.from({ length: 21 }, () => items.new({ stack: 0 })));
          const tooLarge = (changes: number, reads: number) => (error: unknown) => {
            assert.ok(error instanceof TransactionTooLarge, String(error));
            assert.deepEqual([error.changes, error.reads, error.limit], [changes, reads, 20]);
            return /limits\.transactionRows/.test(error.message);
          };
          let sent = 0;
          const commit: DataPort['commit'] = (group) => {
            sent += 1;
            return node.port.commit(group);
          };
          const port = { ...node.port, commit };
          const access = { ...node.access, port, committer: new Committer(port, 20) };
          const raise = (count: number) =>
            transaction(access, async (t) => {
              for (let i = 0; i < count; i++) await t.increment(items, made[0]?.pk ?? 0, 'stack');
            });
          const read = (count: number) =>
            transaction(access, async (t) => {
              for (const { pk } of made.slice(0, count)) await t.get(items, pk);
              await t.increment(items, made[0]?.pk ?? 0, 'stack');
            });
          await assert.rejects(raise(100_000), tooLarge(21, 0));
          await assert.rejects(read(21), tooLarge(0, 21));
          assert.equal(sent, 0);
          await raise(20);
          await read(20);
          assert.equal(sent, 2);
          const group = groups('rude');
          const change = { op: 'increment', table: 'tb_item', pk: made[0]?.pk ?? 0, field: 'stack', by: 1 } as const;
          await assert.rejects(node.port.commit(group(Array(21).fill(change))), tooLarge(21, 0));
          await assert.rejects(node.port.commit(group([change], Array(21).fill({ ...change, version: 0 }))), tooLarge(1, 21));
          assert.equal(await made[0]?.get('stack'), 21);
        },
        { limits: { transactionRows: 20 } },
      ));

    it('a transaction decides on what is not there, makes rows, and lets unique values change hands', () =>
      worlds(async (world, node) => {
        const users = await node.admin('tb_register', 'id', { incrkey: 'id' });
        const [a, b] = [await users.new({ username: 'a' }), await users.new({ username: 'b' })];
        await node.port.flush();
        const made = await transaction(node.access, async (t) => {
          assert.equal(await t.get(users, 70), null);
          await t.update(users, a.pk, { username: 'b' });
          await t.update(users, b.pk, { username: 'a' });
          const pk = await t.insert(users, { id: 70, username: 'c' });
          assert.equal((await t.get(users, 70))?.username, 'c');
          return pk;
        });
        assert.equal(made, 70);
        const twice = transaction(node.access, async (t) => {
          await t.insert(users, { username: 'd' });
          await t.insert(users, { username: 'd' });
        });
        await assert.rejects(twice, RowRefused);
        await assert.rejects(
          transaction(node.access, (t) => t.update(users, a.pk, { username: 'c' })),
          RowRefused,
        );
        await node.port.flush();
        assert.deepEqual(
          (await world.rows('tb_register')).map(({ id, username }) => [id, username]),
          [
            [a.pk, 'b'],
            [b.pk, 'a'],
            [70, 'c'],
          ],
        );
      }));
  });

  describe(`${name}: a database that is away`, () => {
    it('holds up no change until the journal is at its bound, and takes everything when it is back', () =>
      worlds(
        async (world, node) => {
          const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
          const item = await items.new({ stack: 0 });
          world.faults.down = true;
          let made = 0;
          const full = await (async () => {
            for (;;) {
              try {
                await item.updateMulti({ stack: made + 1, note: 'x'.repeat(500) });
                made += 1;
              } catch (error) {
                return error;
              }
            }
          })();
          assert.ok(full instanceof JournalFull && full.retryable, String(full));
          assert.ok(made > 10, `${made} changes`);
          assert.equal(await item.get('stack'), made);
          world.faults.down = false;
          await node.port.flush();
          await item.update('coin', 1);
          await node.port.flush();
          assert.deepEqual(
            (await world.rows('tb_item')).map(({ stack, coin }) => [stack, coin]),
            [[made, 1]],
          );
        },
        { limits: { journalBytes: 20_000 } },
      ));
  });

  describe(`${name}: leases`, () => {
    it('a locked row takes changes with the current token only', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const other = await (await world.node().admin('tb_item')).getObj(item.pk);
        assert.ok(other);
        await item.lock(60_000);
        await item.update('stack', 2);
        await assert.rejects(other.update('stack', 3), (error) => error instanceof RowLocked && error.pk === item.pk);
        await assert.rejects(other.increment('stack'), RowLocked);
        await assert.rejects(other.delete(), RowLocked);
        await assert.rejects(other.lock(), RowLocked);
        await item.release();
        await other.lock(60_000);
        await other.update('stack', 4);
        const stale = { op: 'update', table: 'tb_item', pk: item.pk, fields: { stack: 9 }, token: 1 } as const;
        await assert.rejects(node.access.committer.commit([stale]), LeaseLost);
        await other.release();
        await item.update('stack', 5);
        await assert.rejects(item.release(), LeaseLost);
        await assert.rejects((await items.new({})).lock(0), /1 to/);
        await assert.rejects(node.access.committer.lock('tb_item', 999, 1_000), NoSuchRow);
      }));

    it('a lease runs out by itself, and what comes under it later is refused', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const other = await (await world.node().admin('tb_item')).getObj(item.pk);
        assert.ok(other);
        await item.lock(50);
        await until(() =>
          other.lock(60_000).then(
            () => true,
            () => false,
          ),
        );
        await assert.rejects(item.update('stack', 2), LeaseLost);
        await other.delete();
        await items.new({ id: item.pk as number, stack: 7 });
        assert.equal(await item.get('stack'), 7);
      }));

    it('a release whose answer was lost, or that never arrived, is made by the next one', () =>
      worlds(async (_world, node) => {
        await node.admin('tb_item', 'id', { incrkey: 'id' });
        let arrives = false;
        const unlock: DataPort['unlock'] = async (...args) => {
          if (arrives) await node.port.unlock(...args);
          throw new Deadline('unlock', 1);
        };
        const port = { ...node.port, unlock };
        const items = new MAdmin(() => ({ ...node.access, port }), 'tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const other = (await items.getObj(item.pk)) ?? assert.fail();
        await item.lock(600_000);
        await assert.rejects(item.release(), Deadline);
        await assert.rejects(other.update('stack', 2), RowLocked);
        arrives = true;
        await assert.rejects(item.release(), Deadline);
        await other.update('stack', 3);
        port.unlock = node.port.unlock;
        await item.release();
        await assert.rejects(item.release(), LeaseLost);
        await item.lock(600_000);
        await item.release();
        await other.update('stack', 4);
      }));

    it('a transaction and an update with ifVersion are made under the lease of the handle that holds it, by nobody else', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const [item, beside] = [await items.new({ stack: 1, coin: 1 }), await items.new({ stack: 1 })];
        const twin = (await items.getObj(item.pk)) ?? assert.fail();
        await item.lock(60_000);
        const move = (...holding: (typeof item)[]) =>
          transaction(
            node.access,
            async (t) => {
              const { stack } = (await t.get(items, item.pk)) ?? assert.fail();
              await t.update(items, item.pk, { stack: Number(stack) + 1 });
              await t.increment(items, item.pk, 'coin', 5);
              await t.increment(items, beside.pk, 'stack', 10);
            },
            { holding },
          );
        await assert.rejects(move(), RowLocked);
        await assert.rejects(move(twin), LeaseLost, 'another handle holds none, in the same node too');
        assert.equal(await beside.get('stack'), 1);
        await move(item);
        assert.deepEqual(await item.getMulti(['stack', 'coin']), { stack: 2, coin: 6 });
        await twin.get('stack');
        await assert.rejects(twin.updateMulti({ stack: 9 }, { ifVersion: twin.version }), RowLocked);
        await item.updateMulti({ stack: 3 }, { ifVersion: item.version });
        await world.crash();
        await move(item);
        assert.deepEqual([await item.get('stack'), await beside.get('stack')], [4, 21]);
        const leave = transaction(node.access, (t) => t.delete(items, item.pk), { holding: [item] });
        await leave;
        assert.equal(await items.getObj(item.pk), null);
      }));

    it('a transaction whose lease is over changes nothing, other rows neither', () =>
      worlds(async (_world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const [item, beside] = [await items.new({ stack: 1 }), await items.new({ stack: 1 })];
        const other = (await items.getObj(item.pk)) ?? assert.fail();
        await item.lock(50);
        await until(() =>
          other.lock(60_000).then(
            () => true,
            () => false,
          ),
        );
        const changeBeside = (holding: (typeof item)[]) =>
          transaction(node.access, (t) => t.update(items, beside.pk, { stack: 7 }), { holding });
        await assert.rejects(changeBeside([item]), LeaseLost);
        await assert.rejects(changeBeside([other, item]), LeaseLost);
        assert.equal(await beside.get('stack'), 1);
        await changeBeside([other]);
        assert.equal(await beside.get('stack'), 7);
      }));

    it('a lease and its token outlive the writer, snapshot and record alike', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const [held, freed] = [await items.new({}), await items.new({})];
        const other = await (await world.node().admin('tb_item')).getObj(held.pk);
        assert.ok(other);
        await held.lock(60_000);
        await freed.lock(60_000);
        await freed.release();
        for (let restarts = 0; restarts < 2; restarts++) {
          await world.crash();
          await assert.rejects(other.update('stack', 9), RowLocked);
          await held.update('stack', restarts);
          await node.port.flush();
        }
        await (await items.getObj(freed.pk))?.update('stack', 3);
      }));
  });

  describe(`${name}: a new writer`, () => {
    it('grants no id twice, although no row and no flush tells of the first', () =>
      worlds(async (world, node) => {
        await node.admin('tb_item', 'id', { incrkey: 'id' });
        const blocks = [];
        for (let i = 0; i < 3; i++) {
          blocks.push(await node.port.ids('tb_item', 100));
          await world.crash();
        }
        await node.port.flush();
        await world.writer.stop();
        await world.start();
        blocks.push(await node.port.ids('tb_item', 100));
        blocks.reduce((before, { first }) => {
          assert.ok(first >= before, `${first} after ${before}`);
          return first + 100;
        }, 1);
      }));

    it('has every kind of change of every table, in rows and in SQL', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
        const words = await node.admin('tb_word', 'word');
        const made = await Promise.all(Array.from({ length: 40 }, (_, i) => items.new({ characterId: i % 3, stack: i })));
        await node.port.flush();
        for (const [i, item] of made.entries()) {
          if (i % 4 === 0) await item.delete();
          if (i % 4 === 1) await item.updateMulti({ name: `n${i}`, picture: Buffer.from([i]), coin: 2n ** 60n + BigInt(i) });
          if (i % 4 === 2) await item.increment('stack', 1_000);
        }
        await items.new({ id: made[0]?.pk as number, name: 'again' });
        await (await words.new({ word: 'wort' })).increment('uses', 3);
        await world.crash();
        const expected = await Promise.all(made.map(({ pk }) => items.getObjData(pk)));
        assert.equal(expected.filter((row) => row === null).length, 9);
        assert.deepEqual([expected[0]?.name, expected[1]?.coin, expected[2]?.stack], ['again', 2n ** 60n + 1n, 1_002]);
        assert.deepEqual(
          await items.getAllPkByFk(1),
          made.filter((_, i) => i % 3 === 1 && i % 4 !== 0).map(({ pk }) => pk),
        );
        assert.equal((await words.getObjData('wort'))?.uses, 3);
        const report = await node.port.flush();
        assert.deepEqual([report.dirty, report.refused], [0, []]);
        assert.deepEqual(
          await world.rows('tb_item'),
          expected.filter((row) => row !== null),
        );
        await world.crash();
        assert.equal(world.writer.stats.dirtyRows, 0);
      }));

    it('refuses to start without a table or a column that the journal has changes of, and goes on when it is back', () =>
      worlds(async (world, node) => {
        const words = await node.admin('tb_word', 'word');
        const word = await words.new({ word: 'kept' });
        await node.port.flush();
        await word.update('uses', 8);
        world.faults.down = true;
        await world.writer.stop(0);
        world.faults.down = false;
        await world.sql.query('ALTER TABLE tb_word RENAME TO tb_elsewhere');
        await assert.rejects(
          world.start(),
          (error) => error instanceof StartFailed && /no table tb_word.*bring the table back/.test(error.message),
        );
        await world.sql.query('ALTER TABLE tb_elsewhere RENAME TO tb_word');
        await world.sql.query('ALTER TABLE tb_word RENAME COLUMN uses TO used');
        await assert.rejects(
          world.start(),
          (error) => error instanceof StartFailed && /no column uses.*add the column again/.test(error.message),
        );
        await world.sql.query('ALTER TABLE tb_word RENAME COLUMN used TO uses');
        await world.start();
        assert.equal(await word.get('uses'), 8);
      }));

    it('sees a table as a migration left it, with every change that was made before', () =>
      worlds(async (world, node) => {
        const words = await node.admin('tb_word', 'word');
        const word = await words.new({ word: 'kept', uses: 3 });
        await world.writer.migrate(async () => {
          await world.sql.query('ALTER TABLE tb_word ADD COLUMN note VARCHAR(10)');
          return ['note'];
        });
        assert.equal(await word.get('note'), null);
        await word.updateMulti({ note: 'new', uses: 4 });
        await node.port.flush();
        assert.deepEqual(await world.rows('tb_word'), [{ word: 'kept', uses: 4, note: 'new' }]);
      }));

    it('takes the place of one that still runs, which acknowledges nothing more', () =>
      worlds(async (world, node) => {
        const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
        const item = await items.new({ stack: 1 });
        const before = world.writer;
        await world.start();
        const group = groups('late');
        await assert.rejects(before.commit(group([{ op: 'update', table: 'tb_item', pk: item.pk, fields: { stack: 9 } }])));
        await assert.rejects(before.flush());
        await item.update('coin', 2);
        await before.stop(0);
        await node.port.flush();
        assert.deepEqual(
          (await world.rows('tb_item')).map(({ stack, coin }) => [stack, coin]),
          [[1, 2]],
        );
      }));
  });
}
