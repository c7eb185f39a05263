import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { DiskFiles, type JournalFile } from '../../../src/dbentrust/journal/files';
import { JournalDown, JournalFull, StartFailed } from '../../../src/errors';
import { keptLog } from '../../helpers/log';
import { appendAll, JournalFolder, texts } from './folder';

/** A disk with so much room, of which a write takes what is left before it fails. */
class SmallDisk extends DiskFiles {
  room: number;
  brokenSync = false;
  /** Files by where they are now. */
  readonly #sizes = new Map<string, { bytes: number }>();

  constructor(room: number) {
    super();
    this.room = room;
  }

  get used(): number {
    return [...this.#sizes.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  override async create(path: string, exclusive?: boolean): Promise<JournalFile> {
    const file = await super.create(path, exclusive);
    const size = { bytes: 0 };
    this.#sizes.set(path, size);
    const write = file.write.bind(file);
    const sync = file.datasync.bind(file);
    const truncate = file.truncate.bind(file);
    file.write = async (buffers, position) => {
      const bytes = Buffer.concat(buffers);
      const fits = Math.max(0, Math.min(bytes.length, size.bytes + this.room - this.used - position));
      await write([bytes.subarray(0, fits)], position);
      size.bytes = Math.max(size.bytes, position + fits);
      if (fits < bytes.length) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    };
    file.datasync = async () => {
      if (this.brokenSync) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
      await sync();
    };
    file.truncate = async (length) => {
      await truncate(length);
      size.bytes = length;
    };
    return file;
  }

  override async rename(from: string, to: string): Promise<void> {
    await super.rename(from, to);
    const size = this.#sizes.get(from);
    if (size) this.#sizes.set(to, size);
    this.#sizes.delete(from);
  }

  override async remove(path: string): Promise<void> {
    await super.remove(path);
    this.#sizes.delete(path);
  }
}

async function refusal(append: () => unknown): Promise<JournalFull> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    try {
      append();
    } catch (error) {
      assert.ok(error instanceof JournalFull, String(error));
      return error;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return assert.fail('nothing was refused within 20 s');
}

describe('a full disk', () => {
  for (const segmentBytes of [1_000, 1_000_000]) {
    it(`refuses changes with the reason, loses nothing, and goes on when there is room (segments of ${segmentBytes} bytes)`, async () => {
      await using folder = new JournalFolder();
      const disk = new SmallDisk(5_000);
      const { log, lines } = keptLog();
      const { journal } = await folder.open(undefined, { files: disk, segmentBytes, log });
      const appended: string[] = [];
      const waiting: Promise<void>[] = [];
      const full = await refusal(() => {
        const text = `record ${appended.length}`;
        waiting.push(journal.sync(journal.append(Buffer.from(text))));
        appended.push(text);
      });
      assert.match(full.message, /disk is full/);
      assert.ok(full.retryable && !full.maybeExecuted);
      const synced = journal.synced;
      assert.ok(synced < journal.appended);
      assert.equal(lines.filter(({ level }) => level === 'error').length, 1);
      disk.room = 1_000_000;
      await Promise.all(waiting);
      assert.equal(journal.synced, appended.length);
      await appendAll(journal, ['after']);
      await journal.close();
      assert.deepEqual((await folder.read()).texts, [...appended, 'after']);
    });
  }

  it('leaves nothing behind that was not acknowledged as a whole when the process ends there', async () => {
    await using folder = new JournalFolder();
    const disk = new SmallDisk(2_000);
    const { journal } = await folder.open(undefined, { files: disk });
    let appended = 0;
    await refusal(() => {
      journal.append(Buffer.alloc(60, 97));
      appended += 1;
    });
    const synced = journal.synced;
    await assert.rejects(journal.close(), JournalDown);
    assert.ok(synced < appended);
    assert.equal((await folder.read()).texts.length, synced);
  });

  it('takes the room of segments that SQL has before it refuses anything', async () => {
    await using folder = new JournalFolder();
    const disk = new SmallDisk(6_000);
    const { journal } = await folder.open(undefined, { files: disk, segmentBytes: 500 });
    for (const text of texts('record ', 600)) {
      await appendAll(journal, [text]);
      journal.truncate(journal.synced);
    }
    assert.equal(journal.synced, 600);
  });

  it('keeps no start back while there are segments that SQL has: the oldest go, and no more than it takes', async () => {
    await using folder = new JournalFolder();
    const disk = new SmallDisk(1_000_000);
    const first = await folder.open(undefined, { files: disk, segmentBytes: 500 });
    for (const text of texts('record ', 200)) await appendAll(first.journal, [text]);
    const { uuid } = first.journal;
    await first.journal.close();
    const kept = await folder.segments();
    assert.ok(kept.length > 3, kept.join());
    for (const [position, isKept] of [
      [0, false],
      [150, true],
    ] as const) {
      disk.room = disk.used;
      const { log, lines } = keptLog();
      const applied = { uuid, position };
      const open = folder.read(applied, { files: disk, log, applied });
      if (!isKept) {
        await assert.rejects(open, (error) => error instanceof StartFailed && /disk is full .*make room/.test(error.message));
        assert.deepEqual(await folder.segments(), kept, 'what SQL has not is never given up');
        continue;
      }
      const found = (await open).texts;
      assert.equal(found.at(-1), 'record 199');
      const removed = lines.filter(({ event }) => event === 'journal shortened').map(({ segment }) => segment);
      assert.deepEqual(removed, kept.slice(0, removed.length));
      assert.ok(removed.length > 0 && (await folder.segments()).includes(kept[removed.length] ?? ''), 'the next one is still there');
    }
    const claims = readdirSync(folder.path).filter((name) => name.startsWith('writer-epoch.'));
    assert.equal(claims.length, 1);
    assert.match(folder.bytesOf(claims[0] ?? '').toString(), /"pid"/);
  });

  it('of the system itself is the same', async () => {
    const mount = mkdtempSync(join(tmpdir(), 'firefly-small-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'firefly-test', mount]).status === 0;
    try {
      await using folder = new JournalFolder(join(mount, 'journal'));
      const disk = mounted ? undefined : new SmallDisk(200_000);
      const { journal } = await folder.open(undefined, disk && { files: disk });
      const appended: string[] = [];
      const waiting: Promise<void>[] = [];
      await refusal(() => {
        const text = `record ${appended.length} ${'x'.repeat(500)}`;
        waiting.push(journal.sync(journal.append(Buffer.from(text))));
        appended.push(text);
      });
      if (disk) disk.room = 16_000_000;
      else assert.equal(spawnSync('mount', ['-o', 'remount,size=16m', mount]).status, 0);
      await Promise.all(waiting);
      await journal.close();
      assert.deepEqual((await folder.read()).texts, appended);
    } finally {
      if (mounted) spawnSync('umount', [mount]);
      rmdirSync(mount);
    }
  });
});

describe('a failed sync', () => {
  it('is the end: who waits is told that it may have happened, and nothing more is taken', async () => {
    await using folder = new JournalFolder();
    const disk = new SmallDisk(1_000_000);
    const { journal } = await folder.open(undefined, { files: disk });
    await appendAll(journal, ['before']);
    disk.brokenSync = true;
    const sequence = journal.append(Buffer.from('unsure'));
    await assert.rejects(
      journal.sync(sequence),
      (error: unknown) => error instanceof JournalDown && error.maybeExecuted && error.cause instanceof Error,
    );
    disk.brokenSync = false;
    assert.throws(() => journal.append(Buffer.from('after')), JournalDown);
    await journal.sync(1);
    await assert.rejects(journal.close(), JournalDown);
    assert.deepEqual((await folder.read()).texts.slice(0, 1), ['before']);
  });
});
