import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DiskFiles, type JournalFile } from '../../../src/dbentrust/journal/files';
import { MAX_WAITING } from '../../../src/dbentrust/journal/groupcommit';
import { claimJournal } from '../../../src/dbentrust/journal/open';
import { JournalDown, JournalFull } from '../../../src/errors';
import { Metrics } from '../../../src/metrics/metrics';
import { appendAll, JournalFolder, texts } from './folder';

describe('the journal', () => {
  it('gives back after a restart what was appended, in order, with its sequences', async () => {
    await using folder = new JournalFolder();
    const { journal, entries } = await folder.open();
    assert.deepEqual(entries, []);
    assert.equal(await appendAll(journal, ['a', 'b'], ['c'], ['']), 4);
    assert.equal(journal.synced, 4);
    await journal.close();
    const again = await folder.open();
    assert.deepEqual(
      again.entries.map(({ kind, sequence, payload }) => [kind, sequence, payload.toString()]),
      [
        ['record', 1, 'a'],
        ['record', 2, 'b'],
        ['record', 3, 'c'],
        ['record', 4, ''],
      ],
    );
    assert.equal(again.journal.uuid, journal.uuid);
    assert.ok(again.journal.epoch > journal.epoch);
  });

  it('goes on above every number that a predecessor can have given away, also over many restarts', async () => {
    await using folder = new JournalFolder();
    const expected: string[] = [];
    const sequences: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const { journal, entries, texts } = await folder.open();
      assert.deepEqual(texts, expected);
      assert.deepEqual(
        entries.map(({ sequence }) => sequence),
        sequences,
      );
      const before = journal.appended;
      assert.ok(round === 0 || before >= (sequences.at(-1) ?? 0) + MAX_WAITING);
      sequences.push(await appendAll(journal, [`round ${round}`]));
      expected.push(`round ${round}`);
      await journal.close();
    }
  });

  it('syncs once for all that wait, and settles nobody before that', async () => {
    await using folder = new JournalFolder();
    const files = new CountingFiles();
    const { journal } = await folder.open(undefined, { files });
    const before = files.syncs;
    const settled: number[] = [];
    const waiting = Array.from({ length: 1_000 }, async () => {
      const sequence = journal.append(Buffer.from('x'));
      await journal.sync(sequence);
      assert.ok(journal.synced >= sequence);
      settled.push(sequence);
    });
    assert.equal(journal.synced, 0);
    await Promise.all(waiting);
    assert.deepEqual(
      settled,
      Array.from({ length: 1_000 }, (_, at) => at + 1),
    );
    assert.equal(files.syncs - before, 1);
  });

  it('writes what nobody waits for, too', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    journal.append(Buffer.from('relaxed'));
    await journal.close();
    assert.deepEqual((await folder.read()).texts, ['relaxed']);
  });

  it('takes records of any size', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    const sizes = [0, 1, 262_128, 262_129, 262_130, 1_000_000, 3, 5_000_000];
    for (const size of sizes) journal.append(Buffer.alloc(size, size % 251));
    await journal.close();
    const { entries } = await folder.read();
    assert.deepEqual(
      entries.map(({ payload }) => payload.length),
      sizes,
    );
    for (const { payload } of entries) assert.ok(payload.equals(Buffer.alloc(payload.length, payload.length % 251)));
  });

  it('says no after it was closed, and when asked to wait for what is not there', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    await assert.rejects(journal.sync(1), RangeError);
    await journal.close();
    assert.throws(() => journal.append(Buffer.from('late')), JournalDown);
  });

  it('counts for the operator what it does', async () => {
    await using folder = new JournalFolder();
    const metrics = new Metrics('test');
    const { journal } = await folder.open(undefined, { metrics });
    await appendAll(journal, ['a', 'b'], ['c']);
    const text = await metrics.text();
    assert.match(text, /firefly_journal_records_total\{node="test"\} 3/);
    assert.match(text, /firefly_journal_syncs_total\{node="test"\} 2/);
    assert.match(text, /firefly_journal_unapplied_bytes\{node="test"\} 48/);
    assert.match(text, /firefly_journal_writable\{node="test"\} 1/);
  });
});

describe('the bound of the journal', () => {
  it('refuses what SQL would have to catch up with, and takes more when it has', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open(undefined, { maxBytes: 1_000 });
    const fill = (): void => {
      for (;;) journal.append(Buffer.alloc(85));
    };
    assert.throws(
      fill,
      (error: unknown) => error instanceof JournalFull && error.bytes === 1_000 && error.bound === 1_000 && error.retryable,
    );
    assert.equal(journal.appended, 10);
    await journal.sync(10);
    journal.truncate(4);
    assert.equal(journal.unappliedBytes, 600);
    assert.throws(fill, JournalFull);
    assert.equal(journal.appended, 14);
    journal.truncate(14);
    assert.equal(journal.unappliedBytes, 0);
  });

  it('counts after a restart what SQL does not have', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open(undefined, { maxBytes: 1_000 });
    await appendAll(journal, texts('record ', 10));
    await journal.close();
    const again = await folder.open({ uuid: journal.uuid, position: 8 }, { maxBytes: 1_000 });
    assert.equal(again.journal.unappliedBytes, 2 * (15 + 'record 0'.length));
  });
});

describe('segments', () => {
  it('rotate at their size, each beginning with a snapshot of what was appended before', async () => {
    await using folder = new JournalFolder();
    let applied = 0;
    const { journal } = await folder.open(undefined, { segmentBytes: 500, snapshot: () => Buffer.from(`up to ${applied}`) });
    const payloads = texts('record ', 100);
    for (const text of payloads) {
      applied = journal.append(Buffer.from(text));
      if (applied % 3 === 0) await journal.sync(applied);
    }
    await journal.close();
    assert.ok((await folder.segments()).length > 4, String(await folder.segments()));
    assert.deepEqual((await folder.read()).texts, payloads);
    for (const position of [1, 30, 57, 99, 100]) {
      await using copy = new JournalFolder();
      for (const name of await folder.segments()) copy.overwrite(name, folder.bytesOf(name));
      const { entries } = await copy.read({ uuid: journal.uuid, position });
      const [head, ...records] = entries;
      if (head?.kind === 'snapshot') assert.equal(head.payload.toString(), `up to ${head.sequence}`);
      else records.unshift(...entries.slice(0, 1));
      const first = head?.kind === 'snapshot' ? head.sequence + 1 : 1;
      assert.ok(first <= position + 1, `${first} for ${position}`);
      assert.deepEqual(
        records.map(({ payload }) => payload.toString()),
        payloads.slice(first - 1),
      );
    }
  });

  it('are kept until SQL has them and their time has come, the newest always', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open(undefined, { segmentBytes: 200, keepMs: 0 });
    const last = await appendAll(journal, ...texts('record ', 40).map((text) => [text]));
    const before = await folder.segments();
    journal.truncate(20);
    await settles(async () => (await folder.segments()).length < before.length);
    await journal.close();
    assert.deepEqual((await folder.read({ uuid: journal.uuid, position: 20 })).texts.slice(-20), texts('record ', 40).slice(20));
    const again = await folder.open({ uuid: journal.uuid, position: 20 }, { segmentBytes: 200, keepMs: 0 });
    again.journal.truncate(last);
    await again.journal.close();
    assert.ok((await folder.segments()).length >= 1);
    assert.ok((await folder.read({ uuid: journal.uuid, position: last })).journal.appended > last);
  });

  it('stay for a database that is restored, and go when they take too much room', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open(undefined, { segmentBytes: 200, keepBytes: 1_000 });
    const payloads = texts('record ', 40);
    await appendAll(journal, ...payloads.map((text) => [text]));
    const all = await folder.segments();
    journal.truncate(10);
    assert.deepEqual(await folder.segments(), all);
    journal.truncate(journal.appended);
    await settles(async () => (await folder.segments()).length <= 5);
    await journal.close();
    const position = 30;
    assert.deepEqual((await folder.read({ uuid: journal.uuid, position })).texts.slice(-10), payloads.slice(30));
  });

  it('do not pile up over restarts', async () => {
    await using folder = new JournalFolder();
    let applied = 0;
    let uuid = '';
    for (let round = 0; round < 10; round += 1) {
      const { journal } = await folder.open(round === 0 ? undefined : { uuid, position: applied });
      uuid = journal.uuid;
      applied = await appendAll(journal, texts(`${round}.`, 5));
      await journal.close();
    }
    assert.equal((await folder.segments()).length, 1);
  });
});

describe('an opening', () => {
  it('changes nothing that a later one needs when it ends before it is open', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    await appendAll(journal, ['a', 'b']);
    await journal.close();
    const given = await claimJournal(folder.options());
    for await (const _ of given.replay(undefined)) break;
    await given.close();
    await claimJournal(folder.options());
    assert.deepEqual((await folder.read()).texts, ['a', 'b']);
  });

  it('is refused before everything is replayed', async () => {
    await using folder = new JournalFolder();
    const opening = await claimJournal(folder.options());
    await assert.rejects(
      opening.open(() => Buffer.alloc(0)),
      TypeError,
    );
  });

  it('leaves the event loop its turns while it replays', async () => {
    await using folder = new JournalFolder();
    const { journal } = await folder.open();
    for (let index = 0; index < 50_000; index += 1) journal.append(Buffer.alloc(100));
    await journal.close();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await folder.read();
    clearInterval(timer);
    assert.ok(turns > 0);
  });
});

/** Counts syncs of files. */
class CountingFiles extends DiskFiles {
  syncs = 0;

  override async create(path: string, exclusive?: boolean): Promise<JournalFile> {
    const file = await super.create(path, exclusive);
    const sync = file.datasync.bind(file);
    file.datasync = () => {
      this.syncs += 1;
      return sync();
    };
    return file;
  }
}

async function settles(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await condition())) {
    if (performance.now() > end) assert.fail('it did not come to pass within 20 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
