/** What the book of leases promises, whatever database it remembers in: run by a test file for each. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LeaseBook } from '../../src/dbentrust/leases/leasebook';
import { sqlLeaseMemory } from '../../src/dbentrust/leases/leasememory';
import { openStore } from '../../src/dbentrust/sql/open';
import type { SqlStore } from '../../src/dbentrust/sql/store';
import { createIdTable } from '../../src/dbentrust/writer/ids';
import { QueueFull } from '../../src/errors';
import { type FreshDatabase, silentLog } from '../helpers/services';

/** No test waits for it. */
const LONG_MS = 600_000;

export function leaseSuite(dialect: string, fresh: () => Promise<FreshDatabase>): void {
  /** A database, and one book after the other on it. */
  class World implements AsyncDisposable {
    readonly asked: string[] = [];
    readonly #books: LeaseBook[] = [];

    private constructor(
      readonly database: FreshDatabase,
      readonly store: SqlStore,
    ) {}

    static async open(): Promise<World> {
      const database = await fresh();
      const store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 10_000, log: silentLog() });
      await createIdTable(store);
      return new World(database, store);
    }

    async book({ ttlMs = LONG_MS, bound = 1_000 } = {}): Promise<LeaseBook> {
      const book = new LeaseBook({ memory: await sqlLeaseMemory(this.store), ttlMs, bound, log: silentLog() });
      book.wanted = (node, name, token, by) => this.asked.push(`${node}: ${name} ${token} for ${by}`);
      await book.start();
      this.#books.push(book);
      return book;
    }

    async [Symbol.asyncDispose](): Promise<void> {
      for (const book of this.#books) await book.stop();
      await this.store.close();
      await this.database.drop();
    }
  }

  const take = (book: LeaseBook, node: string, name: string, waitMs = 0, ask = true) => book.grant(node, `of ${node}`, name, waitMs, ask);
  const give = (book: LeaseBook, node: string, name: string) => book.release(node, `of ${node}`, name, null);
  const arrive = (book: LeaseBook, ...nodes: string[]) => nodes.map((node) => book.assert(node, `of ${node}`, []));
  async function tokenOf(answer: ReturnType<LeaseBook['grant']>): Promise<number> {
    const given = await answer;
    assert.ok('token' in given, JSON.stringify(given));
    return given.token;
  }

  describe(`the book of leases on ${dialect}`, () => {
    it('gives a name to one node, and tells the others who has it', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1', 'gate2');
      const token = await tokenOf(take(book, 'gate1', 'a'));
      assert.deepEqual(await take(book, 'gate2', 'a', LONG_MS, false), { heldBy: 'gate1' });
      assert.deepEqual(world.asked, [], 'nobody was to be asked');
      assert.deepEqual(await take(book, 'gate2', 'a', 1), { heldBy: 'gate1' });
      assert.deepEqual(world.asked, [`gate1: a ${token} for gate2`]);
      assert.equal(await tokenOf(take(book, 'gate1', 'a')), token, 'the answer of the first time may have been lost');
    });

    it('hands a name over when its holder lets go, to who waited longest, with a larger token each time', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1', 'gate2', 'gate3');
      const first = await tokenOf(take(book, 'gate1', 'a'));
      // Grants go through the memory first, on any of its connections: one has to be in the line before the other comes.
      const inLine = async (count: number) => {
        while (world.asked.length < count) await new Promise(setImmediate);
      };
      const second = tokenOf(take(book, 'gate2', 'a', LONG_MS));
      await inLine(1);
      const third = tokenOf(take(book, 'gate3', 'a', LONG_MS));
      await inLine(2);
      book.release('gate1', 'of gate1', 'a', first + 1);
      assert.deepEqual(await take(book, 'gate1', 'a'), { token: first }, 'the token of another tenure releases nothing');
      give(book, 'gate1', 'a');
      assert.ok((await second) > first);
      assert.equal(world.asked.at(-1), `gate2: a ${await second} for gate3`, 'the new holder is asked in its turn');
      give(book, 'gate2', 'a');
      assert.ok((await third) > (await second));
    });

    it('takes everything from a node that does not renew, and does not give it back', async () => {
      await using world = await World.open();
      const book = await world.book({ ttlMs: 200 });
      arrive(book, 'gate1', 'gate2');
      const token = await tokenOf(take(book, 'gate1', 'a'));
      const renewals = setInterval(() => book.renew('gate2', 'of gate2'), 20);
      try {
        assert.ok((await tokenOf(take(book, 'gate2', 'a', LONG_MS))) > token);
        assert.equal(book.renew('gate1', 'of gate1'), false);
        assert.deepEqual(book.assert('gate1', 'of gate1', [['a', token]]), ['a']);
      } finally {
        clearInterval(renewals);
      }
    });

    it('lets a node keep what it says it holds, and frees what it does not know of', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1', 'gate2');
      const token = await tokenOf(take(book, 'gate1', 'a'));
      await take(book, 'gate1', 'answer lost');
      assert.deepEqual(book.assert('gate1', 'of gate1', [['a', token]]), []);
      assert.deepEqual(await take(book, 'gate2', 'a', 0, false), { heldBy: 'gate1' });
      await tokenOf(take(book, 'gate2', 'answer lost', 0, false));
    });

    it('gives a restarted node back what it had, and nobody else', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1', 'gate2');
      const token = await tokenOf(take(book, 'gate1', 'a'));
      book.gone('gate1');
      book.assert('gate1', 'a new process', []);
      assert.deepEqual(await take(book, 'gate2', 'a', 0, false), { heldBy: 'gate1' });
      assert.deepEqual(await take(book, 'gate1', 'a'), { heldBy: null }, 'the old process has no say');
      assert.deepEqual(await book.grant('gate1', 'a new process', 'a', 0, true), { token });
      give(book, 'gate1', 'a');
      assert.deepEqual(await take(book, 'gate2', 'a', 0, false), { heldBy: 'gate1' });
    });

    it('refuses who waits when its link ends, so that nothing is given to somebody who does not hear it', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1', 'gate2');
      await tokenOf(take(book, 'gate1', 'a'));
      const waiting = take(book, 'gate2', 'a', LONG_MS);
      while (world.asked.length === 0) await new Promise(setImmediate);
      book.gone('gate2');
      assert.deepEqual(await waiting, { heldBy: null });
      give(book, 'gate1', 'a');
      assert.equal(book.size, 0);
    });

    it('has a bound', async () => {
      await using world = await World.open();
      const book = await world.book({ bound: 2 });
      arrive(book, 'gate1');
      await take(book, 'gate1', 'a');
      await take(book, 'gate1', 'b');
      await assert.rejects(take(book, 'gate1', 'c'), QueueFull);
      give(book, 'gate1', 'a');
      await tokenOf(take(book, 'gate1', 'c'));
    });
  });

  describe(`the book of leases on ${dialect}, after a restart`, () => {
    it('gives larger tokens than before', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1');
      const token = await tokenOf(take(book, 'gate1', 'a'));
      const next = await world.book();
      arrive(next, 'gate1');
      assert.ok((await tokenOf(take(next, 'gate1', 'b'))) > token);
    });

    it('lets strangers wait until every holder has said what it holds', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1', 'gate2');
      const tokens = [await tokenOf(take(book, 'gate1', 'a')), await tokenOf(take(book, 'gate2', 'b'))] as const;

      const next = await world.book();
      assert.deepEqual(next.assert('gate1', 'of gate1', [['a', tokens[0]]]), []);
      arrive(next, 'gate3');
      assert.deepEqual(await take(next, 'gate3', 'b'), { heldBy: null }, 'it may be the one of gate2');
      assert.deepEqual(await take(next, 'gate3', 'a', 0, false), { heldBy: 'gate1' });
      const free = take(next, 'gate3', 'free', LONG_MS);
      const taken = take(next, 'gate3', 'b', LONG_MS);
      assert.deepEqual(next.assert('gate2', 'of gate2', [['b', tokens[1]]]), []);
      await tokenOf(free);
      give(next, 'gate2', 'b');
      assert.ok((await tokenOf(taken)) > tokens[1]);
    });

    it('waits no longer than a lease lasts for a node that does not come', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1');
      await tokenOf(take(book, 'gate1', 'a'));
      const next = await world.book({ ttlMs: 100 });
      const renewals = setInterval(() => next.renew('gate2', 'of gate2'), 10);
      try {
        arrive(next, 'gate2');
        await tokenOf(take(next, 'gate2', 'a', LONG_MS));
        assert.deepEqual(next.assert('gate1', 'of gate1', [['a', 1]]), ['a'], 'too late');
      } finally {
        clearInterval(renewals);
      }
    });

    it('lets nobody wait when nothing was held at its end', async () => {
      await using world = await World.open();
      const book = await world.book();
      arrive(book, 'gate1');
      await tokenOf(take(book, 'gate1', 'a'));
      give(book, 'gate1', 'a');
      await book.stop();
      const next = await world.book();
      arrive(next, 'gate2');
      await tokenOf(take(next, 'gate2', 'a'));
    });
  });
}
