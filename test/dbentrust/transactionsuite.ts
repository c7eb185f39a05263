/** What a transaction reads and changes in one piece, and what it tells when it is over; on whichever stores. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChangeGroup } from '../../src/dbentrust/change';
import type { MAdmin } from '../../src/dbentrust/face/madmin';
import { type Transaction, transaction } from '../../src/dbentrust/face/transaction';
import type { PkValue, Row } from '../../src/dbentrust/port';
import { Conflict, PKValueError, RowRefused, TransactionTooLarge } from '../../src/errors';
import { Node } from './world';
import { type Stores, worldsOn } from './worlds';

export function transactionSuite(name: string, stores: Stores): void {
  const worlds = worldsOn(stores);

  describe(`${name}: many rows of a transaction`, () => {
    it('come in the order of their keys, null where there is none, with what the transaction has changed', () =>
      worlds(async (_world, node) => {
        const { items, ids } = await itemsOf(node, 4);
        const [first, second, third, fourth] = ids as [PkValue, PkValue, PkValue, PkValue];
        await transaction(node.access, async (t) => {
          await t.update(items, second, { stack: 20 });
          await t.increment(items, third, 'stack', 30);
          await t.delete(items, fourth);
          const made = (await t.insert(items, { name: 'new' })) as PkValue;
          const rows = await t.getMany(items, [made, third, 4_711, second, fourth, String(first), third]);
          assert.deepEqual(
            rows.map((row) => row && [row.name, row.stack]),
            [['new', undefined], ['item 3', 33], null, ['item 2', 20], null, ['item 1', 1], ['item 3', 33]],
          );
          assert.deepEqual(await t.getMany(items, []), []);
          await assert.rejects(t.getMany(items, [first, {} as never]), PKValueError);
        });
      }));

    it('are asked for in one request, each of them once', () =>
      worlds(async (_world, node) => {
        const { ids } = await itemsOf(node, 5);
        const asked: (readonly PkValue[])[] = [];
        const { reader } = node.access;
        const counting = {
          ...node.access,
          reader: {
            read: (...args: Parameters<typeof reader.read>) => {
              asked.push(args[1]);
              return reader.read(...args);
            },
          },
        };
        const counted = new Node(node.world, counting as never, node.metrics);
        const same = await counted.admin('tb_item', 'id', { incrkey: 'id' });
        await transaction(counted.access, async (t) => {
          await t.get(same, ids[1] as PkValue);
          await t.getMany(same, ids);
          await t.getMany(same, ids);
          await t.get(same, ids[4] as PkValue);
        });
        assert.deepEqual(asked, [[ids[1]], [ids[0], ids[2], ids[3], ids[4]]]);
      }));

    it("are the caller's own: what is done to one changes nothing", () =>
      worlds(async (_world, node) => {
        const { items, ids } = await itemsOf(node, 1);
        await transaction(node.access, async (t) => {
          const [row] = await t.getMany(items, ids);
          (row as Row).name = 'spoilt';
          assert.deepEqual(
            (await t.getMany(items, ids)).map((one) => one?.name),
            ['item 1'],
          );
        });
      }));

    it('are all part of the decision: when one of them has changed meanwhile, the body runs again with what is there', () =>
      worlds(async (_world, node) => {
        const { items, ids } = await itemsOf(node, 3);
        for (const [at, id] of ids.entries()) {
          const seen: unknown[] = [];
          await transaction(node.access, async (t) => {
            const rows = await t.getMany(items, ids);
            seen.push(rows[at]?.coin);
            if (seen.length === 1) await (await items.getObj(id))?.update('coin', 100 + at);
            await t.insert(items, { name: 'sum', coin: rows.reduce((sum, row) => sum + Number(row?.coin), 0) });
          });
          assert.deepEqual(seen, [0, 100 + at]);
        }
        const sums = (await allOf(items)).filter((row) => row.name === 'sum').map(({ coin }) => coin);
        assert.deepEqual(sums, [100, 201, 303]);
      }));

    it('that was not there counts too: who makes it meanwhile has the body run again', () =>
      worlds(async (_world, node) => {
        const words = await node.admin('tb_word', 'word');
        const seen: unknown[] = [];
        await transaction(node.access, async (t) => {
          const [here, there] = await t.getMany(words, ['here', 'there']);
          seen.push([here, there?.uses]);
          if (seen.length === 1) await words.new({ word: 'there', uses: 9 });
          await t.insert(words, { word: 'runs', uses: seen.length });
        });
        assert.deepEqual(seen, [
          [null, undefined],
          [null, 9],
        ]);
        assert.equal((await words.getObjData('runs'))?.uses, 2);
      }));

    it('are bounded like all that it reads', () =>
      worlds(
        async (_world, node) => {
          const { items, ids } = await itemsOf(node, 4);
          await assert.rejects(
            transaction(node.access, (t) => t.getMany(items, ids)),
            TransactionTooLarge,
          );
          await transaction(node.access, (t) => t.getMany(items, ids.slice(1)));
        },
        { limits: { transactionRows: 3 } },
      ));
  });

  describe(`${name}: the changes of a transaction`, () => {
    it('of one row that follow one another are sent as one, and the last word counts', () =>
      worlds(async (_world, node) => {
        const { items, ids } = await itemsOf(node, 2);
        const [one, two] = ids as [PkValue, PkValue];
        const sent: ChangeGroup[] = [];
        const { committer } = node.access;
        const watched = {
          ...node.access,
          committer: {
            bound: committer.bound,
            commit: (...args: Parameters<typeof committer.commit>) => {
              sent.push({ changes: args[0], reads: args[1] } as ChangeGroup);
              return committer.commit(...args);
            },
          },
        };
        await transaction(watched as never, async (t) => {
          await t.update(items, one, { stack: 5, name: 'a' });
          await t.update(items, one, { stack: 6, coin: 7 });
          await t.update(items, two, { stack: 8 });
          await t.update(items, one, { name: 'b' });
          await t.increment(items, one, 'coin', 1);
          await t.update(items, one, { note: 'last' });
        });
        assert.deepEqual(
          sent.map(({ changes }) => changes.map((change) => ('fields' in change ? change.fields : change.op))),
          [[{ stack: 6, name: 'a', coin: 7 }, { stack: 8 }, { name: 'b' }, 'increment', { note: 'last' }]],
        );
        const rows = await items.getObjList(ids);
        assert.deepEqual(
          rows.map(({ data: { name, stack, coin, note } }) => [name, stack, coin, note]),
          [
            ['b', 6, 8, 'last'],
            ['item 2', 8, 0, null],
          ],
        );
      }));
  });

  describe(`${name}: who wants to know that a transaction is over`, () => {
    it('is told once its changes are made, in the order of asking, and before it returns', () =>
      worlds(async (_world, node) => {
        const { items, ids } = await itemsOf(node, 1);
        const told: unknown[] = [];
        await transaction(node.access, async (t) => {
          t.onCommitted(() => told.push('first'));
          await t.update(items, ids[0] as PkValue, { stack: 5 });
          t.onCommitted(() => told.push('second'));
          assert.deepEqual(told, []);
        });
        assert.deepEqual(told, ['first', 'second']);
        await transaction(node.access, async (t) => t.onCommitted(() => told.push('nothing changed')));
        assert.deepEqual(told.at(-1), 'nothing changed');
      }));

    it('is told of the run that counts, and of none that met a conflict', () =>
      worlds(async (_world, node) => {
        const { items, ids } = await itemsOf(node, 1);
        const told: number[] = [];
        let runs = 0;
        await transaction(node.access, async (t) => {
          const run = ++runs;
          t.onCommitted(() => told.push(run));
          const [row] = await t.getMany(items, ids);
          if (run < 3) await (await items.getObj(ids[0] as PkValue))?.update('coin', run);
          await t.update(items, ids[0] as PkValue, { stack: Number(row?.stack) + 1 });
        });
        assert.deepEqual([runs, told], [3, [3]]);
      }));

    it('is told nothing of one that is refused, cancelled, or in conflict to the end', () =>
      worlds(async (_world, node) => {
        const { items, ids } = await itemsOf(node, 1);
        const told: string[] = [];
        const run = (why: string, body: (t: Transaction) => Promise<unknown>) =>
          transaction(node.access, async (t) => {
            t.onCommitted(() => told.push(why));
            await body(t);
          });
        await assert.rejects(
          run('refused', (t) => t.update(items, ids[0] as PkValue, { stack: 'many' })),
          RowRefused,
        );
        await assert.rejects(
          run('cancelled', () => Promise.reject(new Error('no'))),
          /no/,
        );
        await assert.rejects(
          run('conflict', async (t) => {
            const [row] = await t.getMany(items, ids);
            await (await items.getObj(ids[0] as PkValue))?.update('coin', Number(row?.coin) + 1);
            await t.update(items, ids[0] as PkValue, { stack: 9 });
          }),
          Conflict,
        );
        assert.deepEqual(told, []);
      }));
  });
}

async function itemsOf(node: Node, count: number): Promise<{ items: MAdmin; ids: PkValue[] }> {
  const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
  const ids: PkValue[] = [];
  for (let n = 1; n <= count; n++) ids.push((await items.new({ characterId: 7, name: `item ${n}`, stack: n })).pk);
  return { items, ids };
}

async function allOf(items: MAdmin): Promise<Row[]> {
  const keys = [...(await items.getAllPkByFk(7)), ...(await items.getAllPkByFk(0))];
  return (await items.getObjList(keys)).map(({ data }) => data as Row);
}
