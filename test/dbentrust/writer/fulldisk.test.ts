/** A journal whose disk is full: who asks is told so at once, nothing is lost, and a stop does not wait for room. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiskFiles, type Files, type JournalFile } from '../../../src/dbentrust/journal/files';
import { JournalDown, JournalFull, RowRefused } from '../../../src/errors';
import { freshSqlite } from '../../helpers/services';
import { until, World } from '../world';

/** A disk that a test fills. */
class Disk {
  isFull = false;
  refusals = 0;

  files(): Files {
    const disk = new DiskFiles();
    const limited = (file: JournalFile): JournalFile => ({
      read: (target, position) => file.read(target, position),
      write: async (buffers, position) => {
        this.refusals += Number(this.isFull);
        if (this.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        await file.write(buffers, position);
      },
      datasync: () => file.datasync(),
      truncate: (bytes) => file.truncate(bytes),
      size: () => file.size(),
      close: () => file.close(),
    });
    return {
      makeFolder: (folder) => disk.makeFolder(folder),
      create: async (path, exclusive) => limited(await disk.create(path, exclusive)),
      open: async (path, access) => limited(await disk.open(path, access)),
      rename: (from, to) => disk.rename(from, to),
      remove: (path) => disk.remove(path),
      syncFolder: (folder) => disk.syncFolder(folder),
      list: (folder) => disk.list(folder),
      exists: (path) => disk.exists(path),
    };
  }
}

describe('a journal on a full disk', () => {
  it('refuses at once with the reason, and goes on when there is room', async () => {
    const [database, disk] = [await freshSqlite(), new Disk()];
    {
      await using world = await World.open(database, { files: disk.files() });
      const items = await world.node().admin('tb_item', 'id', { incrkey: 'id' });
      const item = await items.new({ stack: 1 });
      disk.isFull = true;
      const waiting = item.increment('stack', 10);
      await until(async () => disk.refusals > 0);
      // The first is in the journal already and waits for room; those behind it are told.
      for (const by of [100, 1_000]) {
        await assert.rejects(item.increment('stack', by), (error) => error instanceof JournalFull && /disk is full/.test(error.message));
      }
      disk.isFull = false;
      assert.equal(await waiting, 11);
      await until(() =>
        item.increment('stack', 1).then(
          () => true,
          () => false,
        ),
      );
      await world.crash();
      assert.equal(await item.get('stack'), 12);
    }
    await database.drop();
  });

  it('keeps nobody waiting who has nothing in it: for ids, a row that waits for room, a refusal, or a flush', async () => {
    const [database, disk] = [await freshSqlite(), new Disk()];
    {
      await using world = await World.open(database, { files: disk.files() });
      const node = world.node();
      const [items, logs] = [await node.admin('tb_item', 'id', { incrkey: 'id' }), await node.admin('tb_log', 'id')];
      const item = await items.new({ stack: 1 });
      const other = await items.new({ stack: 5 });
      disk.isFull = true;
      const waiting = item.increment('stack', 10);
      // The writer numbers these. That it may is what waits for room here, and nothing of them is in the journal.
      const numbered = [logs.new({ text: 'first' }), logs.new({ text: 'second' })];
      const isRefused = (error: unknown) => error instanceof JournalFull && /disk is full/.test(error.message);
      for (const each of numbered) await assert.rejects(each, isRefused);
      await assert.rejects(item.get('stack'), isRefused);
      await assert.rejects(item.increment('stack', 1, { max: 5 }), isRefused);
      await assert.rejects(world.writer.flush(), isRefused);
      assert.equal(await other.get('stack'), 5);
      disk.isFull = false;
      assert.equal(await waiting, 11);
      assert.equal(await item.get('stack'), 11);
      await assert.rejects(item.increment('stack', 1, { max: 5 }), RowRefused);
      await logs.new({ text: 'third' });
      await world.writer.flush();
      assert.deepEqual(
        (await world.rows('tb_log')).map(({ text }) => text),
        ['third'],
      );
      assert.deepEqual(
        (await world.rows('tb_item')).map(({ stack }) => stack),
        [11, 5],
      );
    }
    await database.drop();
  });

  it('keeps no stop waiting, and what was acknowledged comes back with the next writer', async () => {
    const [database, disk] = [await freshSqlite(), new Disk()];
    {
      await using world = await World.open(database, { files: disk.files(), limits: { flushIntervalMs: 3_600_000 } });
      const items = await world.node().admin('tb_item', 'id', { incrkey: 'id' });
      const item = await items.new({ stack: 1 });
      disk.isFull = true;
      const change = { op: 'increment', table: 'tb_item', pk: item.pk, field: 'stack', by: 1 } as const;
      const waiting = world.writer.commit({ id: { source: 'here', counter: 1, settled: 1 }, reads: [], changes: [change] });
      const told = assert.rejects(waiting, (error) => error instanceof JournalDown && error.maybeExecuted);
      await until(async () => disk.refusals > 0);
      await world.writer.stop(100);
      await told;
      assert.deepEqual(await world.rows('tb_item'), []);
      disk.isFull = false;
      await world.crash();
      assert.equal(await item.get('stack'), 1);
    }
    await database.drop();
  });
});
