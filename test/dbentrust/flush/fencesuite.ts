/** One writer: whatever an earlier one does, also one that was frozen inside a transaction, changes nothing once another took over. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { Fence } from '../../../src/dbentrust/applied';
import { openStore } from '../../../src/dbentrust/sql/open';
import { Replaced, StartFailed } from '../../../src/errors';
import { type FreshDatabase, silentLog } from '../../helpers/services';
import { FlushWorld } from './world';

export function fenceSuite(
  name: string,
  fresh: () => Promise<FreshDatabase>,
  frozenInside: (database: FreshDatabase, frozen: FrozenWriter) => Promise<void>,
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
        const store = await openStore({ ...database.config }, { dataDir: database.dataDir, sqlMs: 20_000, log: silentLog() });
        const fence = new Fence(store, silentLog());
        await fence.open();
        assert.deepEqual(await fence.current(), { uuid: 'u1', position: 0 });
        world.put('plain', 1, { id: 1, name: 'a', coin: 0 });
        await world.flusher.flush();
        assert.deepEqual(await fence.current(), { uuid: 'u1', position: world.position });
        await store.close();
      }));

    it('is empty before the first writer', () =>
      databases(async ({ config, dataDir }) => {
        const store = await openStore(config, { dataDir, sqlMs: 20_000, log: silentLog() });
        const fence = new Fence(store, silentLog());
        await fence.open();
        await fence.open();
        assert.equal(await fence.current(), undefined);
        await assert.rejects(
          store.transaction((tx) => fence.enter(tx)),
          StartFailed,
        );
        await store.close();
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

    it('a writer that is frozen before its COMMIT changes nothing when it wakes up after another took over', () =>
      databases(async (database) => {
        await using frozen = await FrozenWriter.start(database);
        await frozenInside(database, frozen);
      }));
  });
}

/** A real writer in its own process, stopped inside the transaction of a flush. */
export class FrozenWriter {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
  }

  static async start({ config, dataDir }: FreshDatabase): Promise<FrozenWriter> {
    const child = spawn(process.execPath, [join(__dirname, 'frozenwriter.js'), JSON.stringify({ config, dataDir })], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const frozen = new FrozenWriter(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    assert.equal(await frozen.line(), 'frozen');
    return frozen;
  }

  get pid(): number {
    return this.#child.pid ?? assert.fail();
  }

  /** The next thing it says. */
  async line(): Promise<string | undefined> {
    const { value } = await this.#lines.next();
    return value as string | undefined;
  }

  wake(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
