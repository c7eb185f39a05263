/** What is told to anybody is on the disk: with syncs that a test holds back, and with a disk that forgets what was not synced. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { DiskFiles, type Files, type JournalFile } from '../../../src/dbentrust/journal/files';
import { openStore } from '../../../src/dbentrust/sql/open';
import { JournalDown } from '../../../src/errors';
import { freshSqlite, silentLog } from '../../helpers/services';
import { until, World } from '../world';

/** Syncs wait while it is closed, and fail when it is broken. */
class Gate {
  closed: Promise<void> | undefined;
  broken = false;
  waiting = 0;
  #open = () => {};

  close(): void {
    this.closed = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.closed = undefined;
    this.#open();
  }

  files(): Files {
    const disk = new DiskFiles();
    const gated = (file: JournalFile): JournalFile => ({
      read: (target, position) => file.read(target, position),
      write: (buffers, position) => file.write(buffers, position),
      datasync: async () => {
        this.waiting += 1;
        await this.closed;
        this.waiting -= 1;
        if (this.broken) throw Object.assign(new Error('the disk is broken'), { code: 'EIO' });
        await file.datasync();
      },
      truncate: (bytes) => file.truncate(bytes),
      size: () => file.size(),
      close: () => file.close(),
    });
    return {
      makeFolder: (folder) => disk.makeFolder(folder),
      create: async (path, exclusive) => gated(await disk.create(path, exclusive)),
      open: async (path, access) => gated(await disk.open(path, access)),
      rename: (from, to) => disk.rename(from, to),
      remove: (path) => disk.remove(path),
      syncFolder: (folder) => disk.syncFolder(folder),
      list: (folder) => disk.list(folder),
      exists: (path) => disk.exists(path),
    };
  }
}

/** Whether it is settled after everything that is ready now had its turn. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('a change whose sync is under way', () => {
  it('is neither acknowledged nor shown to anybody, and holds up no further change of its row', async () => {
    const [database, gate] = [await freshSqlite(), new Gate()];
    {
      await using world = await World.open(database, { files: gate.files() });
      const [node, other] = [world.node(), world.node()];
      const items = await node.admin('tb_item', 'id', { fk: 'characterId', incrkey: 'id' });
      const item = await items.new({ stack: 1, characterId: 7 });
      gate.close();
      const changes = [item.update('stack', 2), item.increment('stack', 5), item.update('characterId', 8)];
      await until(async () => gate.waiting > 0);
      const reads = [
        (await other.admin('tb_item', 'id', { fk: 'characterId' }).then((admin) => admin, assert.fail)).getObjData(item.pk),
        other.port.pksByFk('tb_item', 8),
        other.port.flush(),
        other.access.committer.commit([{ op: 'update', table: 'tb_item', pk: item.pk, fields: { stack: 0 }, ifVersion: 1 }]),
      ];
      const refusal = reads[3]?.catch(() => 'refused');
      for (const waiting of [...changes, ...reads]) assert.equal(await isSettled(waiting), false);
      gate.open();
      await Promise.all(changes);
      assert.equal(((await reads[0]) as { stack: number }).stack, 7);
      assert.deepEqual(await reads[1], [item.pk]);
      assert.equal(await refusal, 'refused');
      await reads[2];
      assert.deepEqual(
        (await world.rows('tb_item')).map(({ stack, characterId }) => [stack, characterId]),
        [[7, 8]],
      );
    }
    await database.drop();
  });

  it('of a relaxed table is acknowledged and shown at once', async () => {
    const [database, gate] = [await freshSqlite(), new Gate()];
    {
      await using world = await World.open(database, { files: gate.files() });
      const node = world.node();
      const items = await node.admin('tb_item', 'id', { incrkey: 'id', durability: 'relaxed' });
      const users = await node.admin('tb_register', 'id', { incrkey: 'id' });
      const [item, user] = [await items.new({ stack: 1 }), await users.new({ username: 'a' })];
      gate.close();
      await item.update('stack', 2);
      assert.equal(await (await world.node().admin('tb_item')).getObjData(item.pk).then((row) => row?.stack), 2);
      const both = node.access.committer.commit([
        { op: 'increment', table: 'tb_item', pk: item.pk, field: 'stack', by: 1 },
        { op: 'update', table: 'tb_register', pk: user.pk, fields: { username: 'b' } },
      ]);
      assert.equal(await isSettled(both), false);
      gate.open();
      await both;
      await world.crash();
      assert.equal(await item.get('stack'), 3);
      assert.equal(await user.get('username'), 'b');
    }
    await database.drop();
  });

  it('of a relaxed table waits for the disk, too, when that has fallen behind', async () => {
    const [database, gate] = [await freshSqlite(), new Gate()];
    {
      await using world = await World.open(database, { files: gate.files() });
      const items = await world.node().admin('tb_item', 'id', { incrkey: 'id', durability: 'relaxed' });
      const item = await items.new({ stack: 0 });
      gate.close();
      let waiting: Promise<void> | undefined;
      await until(async () => {
        const update = item.increment('stack').then(() => {});
        if (await isSettled(update)) return false;
        waiting = update;
        return true;
      });
      gate.open();
      await waiting;
      await item.increment('stack');
    }
    await database.drop();
  });

  it('is not acknowledged when the sync fails: the writer takes nothing more, and the next one decides', async () => {
    const [database, gate] = [await freshSqlite(), new Gate()];
    {
      const failures: Error[] = [];
      await using world = await World.open(database, { files: gate.files(), failed: (error) => failures.push(error) });
      const node = world.node();
      const items = await node.admin('tb_item', 'id', { incrkey: 'id' });
      const item = await items.new({ stack: 1 });
      gate.broken = true;
      const change = { op: 'increment', table: 'tb_item', pk: item.pk, field: 'stack', by: 1 } as const;
      const group = { id: { source: 'here', counter: 1, settled: 1 }, reads: [], changes: [change] };
      await assert.rejects(world.writer.commit(group), (error) => error instanceof JournalDown && error.maybeExecuted);
      await assert.rejects(world.writer.commit({ ...group, id: { ...group.id, counter: 2 } }), JournalDown);
      assert.equal(failures.length, 1);
      const waiting = item.increment('stack', 10);
      gate.broken = false;
      await world.crash();
      await waiting;
      await world.writer.commit(group);
      assert.equal(await item.get('stack'), 12);
    }
    await database.drop();
  });
});

describe('a power cut', () => {
  it('takes nothing that was acknowledged, again and again', async () => {
    const database = await freshSqlite();
    const store = await openStore(database.config, { dataDir: database.dataDir, sqlMs: 20_000, log: silentLog() });
    await store.query('CREATE TABLE tb_count (id INTEGER PRIMARY KEY, n BIGINT NOT NULL, twin BIGINT NOT NULL)');
    await store.close();
    const acknowledged = new Map<number, number>();
    for (let cuts = 0; cuts < 6; cuts++) {
      const child = spawn(process.execPath, [join(__dirname, 'counting.js'), database.dataDir], {
        env: { ...process.env, FIREFLY_FAULT: 'journal=powercut', FIREFLY_FAULT_SEED: String(cuts) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const found = await cut(child, 200 + cuts * 150, acknowledged);
      for (const [id, n] of found.before)
        assert.ok(n >= (found.known.get(id) ?? 0), `row ${id}: ${found.known.get(id)} was acknowledged and ${n} is there`);
    }
    assert.ok([...acknowledged.values()].reduce((sum, n) => sum + n, 0) > 1_000);
    await database.drop();
  });
});

/** Lets the child count until it has acknowledged that much more, and cuts its power. @returns what it found at its start, and what had been acknowledged by then */
async function cut(child: ChildProcess, more: number, acknowledged: Map<number, number>) {
  const known = new Map(acknowledged);
  const before = new Map<number, number>();
  assert.ok(child.stdout);
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, id, n] = line.split(' ');
    if (word === 'found') before.set(Number(id), Number(n));
    if (word === 'acknowledged') acknowledged.set(Number(id), Number(n));
    if (word === 'torn') assert.fail(`row ${id} was changed in part`);
    if (word === 'acknowledged' && ++seen === more) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  assert.equal(child.signalCode, 'SIGKILL');
  assert.equal(before.size, 8);
  return { before, known };
}
